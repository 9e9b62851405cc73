package org.quadralib.vector.conv;

import static org.quadralib.vector.gemm.Memory.load;
import static org.quadralib.vector.gemm.Tile.LANES;
import static org.quadralib.vector.gemm.Tile.SPECIES;

import jdk.incubator.vector.FloatVector;

/** The join of a {@link FormEpilogue} of two or three maps. */
final class FormJoin implements MapJoin {
  private final boolean quadratic;
  private final long numbers;
  private final long step;
  private final Epilogue rest;

  /**
   * Binds memory.
   *
   * @param maps 2 or 3
   * @param channels a multiple of the lanes
   * @param numbers as {@link FormEpilogue} has them
   * @param rest takes the result
   */
  FormJoin(int maps, int channels, long numbers, Epilogue rest) {
    quadratic = maps == 3;
    this.numbers = numbers;
    step = 4L * channels;
    this.rest = rest;
  }

  @Override
  public Epilogue rest() {
    return rest;
  }

  @Override
  public void join(float[] sums, int at, int mapStride, int pixels, int channel) {
    long from = numbers + 4L * channel;
    if (quadratic) {
      quadratic(sums, at, mapStride, pixels, from);
    } else {
      product(sums, at, at + mapStride, pixels, from);
    }
  }

  private void product(float[] s, int at, int b, int pixels, long from) {
    FloatVector meanA = load(from);
    FloatVector scaleA = load(from + step);
    FloatVector shiftA = load(from + 2 * step);
    FloatVector meanB = load(from + 3 * step);
    FloatVector scaleB = load(from + 4 * step);
    FloatVector shiftB = load(from + 5 * step);
    FloatVector rest = load(from + 8 * step);
    for (int i = 0; i < pixels * LANES; i += LANES) {
      FloatVector p = FloatVector.fromArray(SPECIES, s, at + i).sub(meanA).fma(scaleA, shiftA);
      FloatVector q = FloatVector.fromArray(SPECIES, s, b + i).sub(meanB).fma(scaleB, shiftB);
      p.fma(q, rest).intoArray(s, at + i);
    }
  }

  private void quadratic(float[] s, int at, int mapStride, int pixels, long from) {
    FloatVector meanA = load(from);
    FloatVector scaleA = load(from + step);
    FloatVector shiftA = load(from + 2 * step);
    FloatVector meanB = load(from + 3 * step);
    FloatVector scaleB = load(from + 4 * step);
    FloatVector shiftB = load(from + 5 * step);
    FloatVector meanC = load(from + 6 * step);
    FloatVector scaleC = load(from + 7 * step);
    FloatVector shiftC = load(from + 8 * step);
    int b = at + mapStride;
    int c = b + mapStride;
    for (int i = 0; i < pixels * LANES; i += LANES) {
      FloatVector p = FloatVector.fromArray(SPECIES, s, at + i).sub(meanA).fma(scaleA, shiftA);
      FloatVector q = FloatVector.fromArray(SPECIES, s, b + i).sub(meanB).fma(scaleB, shiftB);
      FloatVector r = FloatVector.fromArray(SPECIES, s, c + i).sub(meanC).fma(scaleC, shiftC);
      p.fma(q, r).intoArray(s, at + i);
    }
  }
}
