package org.quadralib.vector.gemm;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Transposition of two squares of 8 × 8, one below the other, in vectors of sixteen lanes: eight
 * rows of the upper square lie in the lower halves, those of the lower square in the upper halves.
 */
final class TransposePairs {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_512;
  private static final VectorShuffle<Float> SWAP1 = swap(1);
  private static final VectorShuffle<Float> SWAP2 = swap(2);
  private static final VectorShuffle<Float> SWAP4 = swap(4);
  private static final VectorMask<Float> HIGH1 = high(1);
  private static final VectorMask<Float> HIGH2 = high(2);
  private static final VectorMask<Float> HIGH4 = high(4);
  private static final VectorMask<Float> HIGH8 = high(8);
  private static final VectorMask<Float> LOW1 = HIGH1.not();
  private static final VectorMask<Float> LOW2 = HIGH2.not();
  private static final VectorMask<Float> LOW4 = HIGH4.not();

  private TransposePairs() {}

  /** Exchanges neighbouring groups of {@code step} lanes. */
  private static VectorShuffle<Float> swap(int step) {
    return VectorShuffle.fromOp(SPECIES, i -> i ^ step);
  }

  /** The lanes of the second of two neighbouring groups of {@code step} lanes. */
  private static VectorMask<Float> high(int step) {
    boolean[] lanes = new boolean[16];
    for (int i = 0; i < 16; i++) {
      lanes[i] = (i & step) != 0;
    }
    return VectorMask.fromArray(SPECIES, lanes, 0);
  }

  /**
   * Transposes 16 rows of 8 into 8 rows of 16. Reads nothing before the first row and nothing
   * behind the last.
   */
  static void apply(float[] s, int from, int fromStride, int to, int toStride) {
    int second = from + 8 * fromStride;
    FloatVector a0 = pair(s, from, second);
    FloatVector a1 = pair(s, from + fromStride, second + fromStride);
    FloatVector a2 = pair(s, from + 2 * fromStride, second + 2 * fromStride);
    FloatVector a3 = pair(s, from + 3 * fromStride, second + 3 * fromStride);
    FloatVector a4 = pair(s, from + 4 * fromStride, second + 4 * fromStride);
    FloatVector a5 = pair(s, from + 5 * fromStride, second + 5 * fromStride);
    FloatVector a6 = pair(s, from + 6 * fromStride, second + 6 * fromStride);
    FloatVector a7 = pair(s, from + 7 * fromStride, second + 7 * fromStride);

    FloatVector b0 = a0.blend(a1.rearrange(SWAP1), HIGH1);
    FloatVector b1 = a1.blend(a0.rearrange(SWAP1), LOW1);
    FloatVector b2 = a2.blend(a3.rearrange(SWAP1), HIGH1);
    FloatVector b3 = a3.blend(a2.rearrange(SWAP1), LOW1);
    FloatVector b4 = a4.blend(a5.rearrange(SWAP1), HIGH1);
    FloatVector b5 = a5.blend(a4.rearrange(SWAP1), LOW1);
    FloatVector b6 = a6.blend(a7.rearrange(SWAP1), HIGH1);
    FloatVector b7 = a7.blend(a6.rearrange(SWAP1), LOW1);

    a0 = b0.blend(b2.rearrange(SWAP2), HIGH2);
    a2 = b2.blend(b0.rearrange(SWAP2), LOW2);
    a1 = b1.blend(b3.rearrange(SWAP2), HIGH2);
    a3 = b3.blend(b1.rearrange(SWAP2), LOW2);
    a4 = b4.blend(b6.rearrange(SWAP2), HIGH2);
    a6 = b6.blend(b4.rearrange(SWAP2), LOW2);
    a5 = b5.blend(b7.rearrange(SWAP2), HIGH2);
    a7 = b7.blend(b5.rearrange(SWAP2), LOW2);

    a0.blend(a4.rearrange(SWAP4), HIGH4).intoArray(s, to);
    a1.blend(a5.rearrange(SWAP4), HIGH4).intoArray(s, to + toStride);
    a2.blend(a6.rearrange(SWAP4), HIGH4).intoArray(s, to + 2 * toStride);
    a3.blend(a7.rearrange(SWAP4), HIGH4).intoArray(s, to + 3 * toStride);
    a4.blend(a0.rearrange(SWAP4), LOW4).intoArray(s, to + 4 * toStride);
    a5.blend(a1.rearrange(SWAP4), LOW4).intoArray(s, to + 5 * toStride);
    a6.blend(a2.rearrange(SWAP4), LOW4).intoArray(s, to + 6 * toStride);
    a7.blend(a3.rearrange(SWAP4), LOW4).intoArray(s, to + 7 * toStride);
  }

  /** Eight floats from one place, then eight from another. */
  private static FloatVector pair(float[] s, int low, int high) {
    return FloatVector.fromArray(SPECIES, s, low)
        .blend(FloatVector.fromArray(SPECIES, s, high - 8), HIGH8);
  }
}
