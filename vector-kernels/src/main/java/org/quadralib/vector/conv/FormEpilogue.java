package org.quadralib.vector.conv;

import static jdk.incubator.vector.VectorOperators.LE;
import static org.quadralib.vector.gemm.Memory.get;
import static org.quadralib.vector.gemm.Memory.load;
import static org.quadralib.vector.gemm.Memory.set;

import jdk.incubator.vector.FloatVector;
import org.jspecify.annotations.Nullable;
import org.quadralib.vector.gemm.Memory;
import org.quadralib.vector.gemm.Tile;

/**
 * Makes one result of the maps while their sums are in the cache: {@code P}, {@code P ∘ Q} plus a
 * number or {@code P ∘ Q + R}, where {@code P = (A − mean) · scale + shift} with numbers per
 * channel; then an addend is added, and negative values are cut off.
 */
public final class FormEpilogue implements Epilogue {
  /** Numbers of a map: mean, scale, shift. */
  private static final int PER_MAP = 3;

  private static final int LANES = Tile.LANES;

  private final int maps;
  private final int channels;
  private final long numbers;
  private final long addend;
  private final long y;
  private final float floor;
  private final @Nullable MapJoin join;

  /**
   * Binds memory.
   *
   * @param maps 1 to 3
   * @param numbers where nine times {@code channels} floats begin: mean, scale and shift of each of
   *     three maps. Of two maps, the last of the third is added to the product
   * @param addend where the addend begins, 0 for none
   * @param y where the result begins; it may be the addend
   * @param relu whether negative values are cut off
   */
  public FormEpilogue(int maps, int channels, long numbers, long addend, long y, boolean relu) {
    this.maps = maps;
    this.channels = channels;
    this.numbers = numbers;
    this.addend = addend;
    this.y = y;
    floor = relu ? 0 : Float.NEGATIVE_INFINITY;
    join =
        maps > 1 && channels % LANES == 0
            ? new FormJoin(maps, channels, numbers, this::storeJoined)
            : null;
  }

  @Override
  public @Nullable MapJoin join() {
    return join;
  }

  /** Stores what the join has made. */
  private void storeJoined(
      float[] s, int at, int mapStride, int channel, int count, long position, int step) {
    long to = y + 4 * position;
    long added = addend == 0 ? 0 : addend + 4 * position;
    float floor = this.floor; // a field would be read again after every store
    int i = 0;
    for (; step == 1 && i <= count - LANES; i += LANES) {
      FloatVector v = FloatVector.fromArray(Tile.SPECIES, s, at + i);
      if (added != 0) {
        v = v.add(load(added + 4L * i));
      }
      Memory.store(v.blend(floor, v.compare(LE, floor)), to + 4L * i);
    }
    for (; i < count; i++) {
      long offset = 4L * i * step;
      float v = s[at + i] + (added == 0 ? 0 : get(added + offset));
      set(to + offset, v <= floor ? floor : v);
    }
  }

  @Override
  public void store(
      float[] sums, int at, int mapStride, int channel, int count, long position, int step) {
    long to = y + 4 * position;
    long added = addend == 0 ? 0 : addend + 4 * position;
    int i = 0;
    if (step == 1) {
      switch (maps) {
        case 1 -> single(sums, at, channel, count, added, to);
        case 2 -> product(sums, at, at + mapStride, channel, count, added, to);
        default -> quadratic(sums, at, mapStride, channel, count, added, to);
      }
      i = count - count % LANES;
    }
    for (; i < count; i++) {
      element(sums, at + i, mapStride, channel, added, to, (long) i * step);
    }
  }

  private float number(int map, int number, int channel) {
    return get(numbers + 4L * ((map * PER_MAP + number) * channels + channel));
  }

  private FloatVector numbers(int map, int number, int channel) {
    return FloatVector.broadcast(Tile.SPECIES, number(map, number, channel));
  }

  private void single(float[] s, int a, int channel, int count, long added, long to) {
    FloatVector mean = numbers(0, 0, channel);
    FloatVector scale = numbers(0, 1, channel);
    FloatVector shift = numbers(0, 2, channel);
    float floor = this.floor; // a field would be read again after every store
    for (int i = 0; i <= count - LANES; i += LANES) {
      FloatVector v = FloatVector.fromArray(Tile.SPECIES, s, a + i).sub(mean).fma(scale, shift);
      if (added != 0) {
        v = v.add(load(added + 4L * i));
      }
      Memory.store(v.blend(floor, v.compare(LE, floor)), to + 4L * i);
    }
  }

  private void product(float[] s, int a, int b, int channel, int count, long added, long to) {
    FloatVector meanA = numbers(0, 0, channel);
    FloatVector scaleA = numbers(0, 1, channel);
    FloatVector shiftA = numbers(0, 2, channel);
    FloatVector meanB = numbers(1, 0, channel);
    FloatVector scaleB = numbers(1, 1, channel);
    FloatVector shiftB = numbers(1, 2, channel);
    FloatVector rest = numbers(2, 2, channel);
    float floor = this.floor; // a field would be read again after every store
    for (int i = 0; i <= count - LANES; i += LANES) {
      FloatVector p = FloatVector.fromArray(Tile.SPECIES, s, a + i).sub(meanA).fma(scaleA, shiftA);
      FloatVector q = FloatVector.fromArray(Tile.SPECIES, s, b + i).sub(meanB).fma(scaleB, shiftB);
      FloatVector v = p.fma(q, rest);
      if (added != 0) {
        v = v.add(load(added + 4L * i));
      }
      Memory.store(v.blend(floor, v.compare(LE, floor)), to + 4L * i);
    }
  }

  private void quadratic(
      float[] s, int at, int mapStride, int channel, int count, long added, long to) {
    FloatVector meanA = numbers(0, 0, channel);
    FloatVector scaleA = numbers(0, 1, channel);
    FloatVector shiftA = numbers(0, 2, channel);
    FloatVector meanB = numbers(1, 0, channel);
    FloatVector scaleB = numbers(1, 1, channel);
    FloatVector shiftB = numbers(1, 2, channel);
    FloatVector meanC = numbers(2, 0, channel);
    FloatVector scaleC = numbers(2, 1, channel);
    FloatVector shiftC = numbers(2, 2, channel);
    int b = at + mapStride;
    int c = b + mapStride;
    float floor = this.floor; // a field would be read again after every store
    for (int i = 0; i <= count - LANES; i += LANES) {
      FloatVector p = FloatVector.fromArray(Tile.SPECIES, s, at + i).sub(meanA).fma(scaleA, shiftA);
      FloatVector q = FloatVector.fromArray(Tile.SPECIES, s, b + i).sub(meanB).fma(scaleB, shiftB);
      FloatVector r = FloatVector.fromArray(Tile.SPECIES, s, c + i).sub(meanC).fma(scaleC, shiftC);
      FloatVector v = p.fma(q, r);
      if (added != 0) {
        v = v.add(load(added + 4L * i));
      }
      Memory.store(v.blend(floor, v.compare(LE, floor)), to + 4L * i);
    }
  }

  private void element(
      float[] s, int at, int mapStride, int channel, long added, long to, long offset) {
    float v = term(0, s[at], channel);
    if (maps > 1) {
      float q = term(1, s[at + mapStride], channel);
      float rest = maps == 2 ? number(2, 2, channel) : term(2, s[at + 2 * mapStride], channel);
      v = Math.fma(v, q, rest);
    }
    if (added != 0) {
      v += get(added + 4 * offset);
    }
    set(to + 4 * offset, v <= floor ? floor : v);
  }

  private float term(int map, float sum, int channel) {
    return Math.fma(
        sum - number(map, 0, channel), number(map, 1, channel), number(map, 2, channel));
  }
}
