package org.quadralib.vector.gemm;

import static org.quadralib.vector.gemm.Tile.LANES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Transposition of small matrices on the heap.
 *
 * <p>With vectors of eight lanes or more, squares of 8 × 8 are transposed in registers, in three
 * steps that exchange the off-diagonal halves of 2 × 2, 4 × 4 and 8 × 8 blocks. Vectors of sixteen
 * lanes hold a row of two squares, one below the other, which takes two thirds of the time.
 * Narrower vectors take plain loops.
 */
public final class Transpose {
  private static final boolean EIGHT = LANES >= 8;
  private static final boolean SIXTEEN = LANES >= 16;
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_256;

  private static final VectorShuffle<Float> SWAP1 = swap(1);
  private static final VectorShuffle<Float> SWAP2 = swap(2);
  private static final VectorShuffle<Float> SWAP4 = swap(4);
  private static final VectorMask<Float> HIGH1 = high(1);
  private static final VectorMask<Float> HIGH2 = high(2);
  private static final VectorMask<Float> HIGH4 = high(4);
  private static final VectorMask<Float> LOW1 = HIGH1.not();
  private static final VectorMask<Float> LOW2 = HIGH2.not();
  private static final VectorMask<Float> LOW4 = HIGH4.not();

  private Transpose() {}

  /** Exchanges neighbouring groups of {@code step} lanes. */
  private static VectorShuffle<Float> swap(int step) {
    return VectorShuffle.fromOp(SPECIES, i -> (i ^ step) % 8);
  }

  /** The lanes of the second of two neighbouring groups of {@code step} lanes. */
  private static VectorMask<Float> high(int step) {
    boolean[] lanes = new boolean[8];
    for (int i = 0; i < 8; i++) {
      lanes[i] = (i & step) != 0;
    }
    return VectorMask.fromArray(SPECIES, lanes, 0);
  }

  /**
   * Transposes a matrix: {@code s[to + j·toStride + i] = s[from + i·fromStride + j]}. The two must
   * not overlap.
   *
   * @param rows rows of the matrix that is read
   * @param columns its columns
   */
  public static void apply(
      float[] s, int from, int fromStride, int to, int toStride, int rows, int columns) {
    int i = 0;
    if (SIXTEEN) {
      for (; i <= rows - 16; i += 16) {
        sixteenRows(s, from + i * fromStride, fromStride, to + i, toStride, columns);
      }
    }
    if (EIGHT) {
      for (; i <= rows - 8; i += 8) {
        eightRows(s, from + i * fromStride, fromStride, to + i, toStride, columns);
      }
    }
    for (; i <= rows - 4; i += 4) {
      fourRows(s, from + i * fromStride, fromStride, to + i, toStride, columns);
    }
    for (; i < rows; i++) {
      int row = from + i * fromStride;
      for (int j = 0; j < columns; j++) {
        s[to + i + j * toStride] = s[row + j];
      }
    }
  }

  private static void fourRows(
      float[] s, int first, int fromStride, int to, int toStride, int columns) {
    int second = first + fromStride;
    int third = second + fromStride;
    int fourth = third + fromStride;
    for (int j = 0; j < columns; j++) {
      float a = s[first + j];
      float b = s[second + j];
      float c = s[third + j];
      float d = s[fourth + j];
      int at = to + j * toStride;
      s[at] = a;
      s[at + 1] = b;
      s[at + 2] = c;
      s[at + 3] = d;
    }
  }

  private static void sixteenRows(
      float[] s, int from, int fromStride, int to, int toStride, int columns) {
    int j = 0;
    for (; j <= columns - 8; j += 8) {
      TransposePairs.apply(s, from + j, fromStride, to + j * toStride, toStride);
    }
    for (; j < columns; j++) {
      for (int i = 0; i < 16; i++) {
        s[to + j * toStride + i] = s[from + i * fromStride + j];
      }
    }
  }

  private static void eightRows(
      float[] s, int from, int fromStride, int to, int toStride, int columns) {
    int j = 0;
    for (; j <= columns - 8; j += 8) {
      square(s, from + j, fromStride, to + j * toStride, toStride);
    }
    for (; j < columns; j++) {
      for (int i = 0; i < 8; i++) {
        s[to + j * toStride + i] = s[from + i * fromStride + j];
      }
    }
  }

  // In one piece: a method of this size is not inlined, and vectors that it is given are boxed.
  private static void square(float[] s, int from, int fromStride, int to, int toStride) {
    FloatVector a0 = load(s, from);
    FloatVector a1 = load(s, from + fromStride);
    FloatVector a2 = load(s, from + 2 * fromStride);
    FloatVector a3 = load(s, from + 3 * fromStride);
    FloatVector a4 = load(s, from + 4 * fromStride);
    FloatVector a5 = load(s, from + 5 * fromStride);
    FloatVector a6 = load(s, from + 6 * fromStride);
    FloatVector a7 = load(s, from + 7 * fromStride);

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

  private static FloatVector load(float[] s, int at) {
    return FloatVector.fromArray(SPECIES, s, at);
  }
}
