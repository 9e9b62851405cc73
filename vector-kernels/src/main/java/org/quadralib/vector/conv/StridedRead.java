package org.quadralib.vector.conv;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;
import org.quadralib.vector.gemm.Memory;
import org.quadralib.vector.gemm.Tile;

/** Copies of values that lie some floats apart. */
final class StridedRead {
  private static final VectorSpecies<Float> WHOLE = Tile.SPECIES;
  private static final VectorSpecies<Float> HALF =
      WHOLE.withShape(VectorShape.forBitSize(WHOLE.vectorBitSize() / 2));

  /** Vectors of two floats would become objects. */
  private static final boolean HALVES = HALF.length() >= 4;

  private static final VectorShuffle<Float> SECONDS = seconds(WHOLE);
  private static final VectorShuffle<Float> HALF_SECONDS = seconds(HALF);

  private static final VectorShuffle<Float> EVEN = every(WHOLE, 0);
  private static final VectorShuffle<Float> ODD = every(WHOLE, 1);
  private static final VectorShuffle<Float> HALF_EVEN = every(HALF, 0);
  private static final VectorShuffle<Float> HALF_ODD = every(HALF, 1);

  private StridedRead() {}

  /** Every second float of two vectors, from {@code first} on. */
  private static VectorShuffle<Float> every(VectorSpecies<Float> species, int first) {
    int lanes = species.length();
    return VectorShuffle.fromOp(
        species, lane -> 2 * lane < lanes ? 2 * lane + first : 2 * lane + first - 2 * lanes);
  }

  /** Whether {@link #part} takes rows of so many pairs. */
  static boolean parts(int count) {
    return count >= WHOLE.length() || HALVES && 2 * count >= WHOLE.length();
  }

  /**
   * Parts {@code count} pairs of floats: the first of each go to one place, the others to another.
   *
   * @param address of the first pair
   */
  static void part(long address, int count, float[] to, int firsts, int seconds) {
    int lanes = WHOLE.length();
    if (count >= lanes) {
      for (int i = 0; i < count; i += lanes) {
        int from = Math.min(i, count - lanes); // The last may overlap the one before.
        FloatVector left = Memory.load(address + 8L * from);
        FloatVector right = Memory.load(address + 8L * from + 4L * lanes);
        left.rearrange(EVEN, right).intoArray(to, firsts + from);
        left.rearrange(ODD, right).intoArray(to, seconds + from);
      }
    } else {
      int half = lanes / 2;
      for (int i = 0; i < count; i += half) {
        int from = Math.min(i, count - half);
        FloatVector left = Memory.load(HALF, address + 8L * from);
        FloatVector right = Memory.load(HALF, address + 8L * from + 4L * half);
        left.rearrange(HALF_EVEN, right).intoArray(to, firsts + from);
        left.rearrange(HALF_ODD, right).intoArray(to, seconds + from);
      }
    }
  }

  /**
   * Every second float of two vectors, of which the other begins one float earlier than where the
   * first ends: so nothing is read beyond the last value that is wanted.
   */
  private static VectorShuffle<Float> seconds(VectorSpecies<Float> species) {
    int lanes = species.length();
    return VectorShuffle.fromOp(
        species, lane -> 2 * lane < lanes ? 2 * lane : 2 * lane + 1 - 2 * lanes);
  }

  /**
   * Copies {@code count} floats, each {@code stride} floats behind the one before.
   *
   * @param address of the first
   */
  static void copy(long address, int stride, float[] to, int at, int count) {
    int lanes = WHOLE.length();
    if (stride == 1) {
      Memory.read(address, to, at, count);
    } else if (stride == 2 && count >= lanes) {
      for (int i = 0; i < count; i += lanes) {
        int from = Math.min(i, count - lanes); // The last may overlap the one before.
        FloatVector left = Memory.load(address + 8L * from);
        FloatVector right = Memory.load(address + 8L * from + 4L * lanes - 4);
        left.rearrange(SECONDS, right).intoArray(to, at + from);
      }
    } else if (stride == 2 && 2 * count >= lanes && HALVES) {
      int half = lanes / 2;
      for (int i = 0; i < count; i += half) {
        int from = Math.min(i, count - half);
        FloatVector left = Memory.load(HALF, address + 8L * from);
        FloatVector right = Memory.load(HALF, address + 8L * from + 4L * half - 4);
        left.rearrange(HALF_SECONDS, right).intoArray(to, at + from);
      }
    } else {
      for (int i = 0; i < count; i++) {
        to[at + i] = Memory.get(address + 4L * i * stride);
      }
    }
  }
}
