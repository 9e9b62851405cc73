package org.quadralib.vector.gemm;

import static org.quadralib.vector.gemm.Tile.COLUMNS;
import static org.quadralib.vector.gemm.Tile.GRADIENT_COLUMNS;
import static org.quadralib.vector.gemm.Tile.GRADIENT_ROWS;
import static org.quadralib.vector.gemm.Tile.LANES;
import static org.quadralib.vector.gemm.Tile.ROWS;
import static org.quadralib.vector.gemm.Tile.SPECIES;
import static org.quadralib.vector.gemm.Tile.TALL;

import jdk.incubator.vector.FloatVector;

/**
 * The inner loops: one register tile {@code c[i][j] (+)= Σ_p a[p][i] · b[p][j]} of {@link
 * Tile#ROWS} × {@link Tile#COLUMNS} values, over operands on the heap.
 *
 * <p>Everything is spelled out row by row, because the compiler keeps vectors in registers only as
 * local variables. The sums are loaded before the loop and stored after it without a condition: a
 * vector that depends on a branch is boxed in eight rows of 512 bits, which costs nine tenths of
 * the speed. The depth loop is left for the compiler to unroll: unrolled by hand it gets slower.
 * Operands and sums lie in one heap array {@code s}: loads from the heap are cheaper than loads
 * from a memory segment, and one array rather than three leaves enough general registers that none
 * is spilled, which is worth a quarter of the speed. Row i of the sums begins at {@code at + i ·
 * stride}; the sums are added to what is there if {@code add}.
 */
public final class TileKernels {

  private TileKernels() {}

  /**
   * Tile of two packed panels.
   *
   * @param aAt where the left panel begins, ROWS values per step of the depth
   * @param bAt where the right panel begins, COLUMNS values per step of the depth
   */
  public static void linear(
      int depth, float[] s, int aAt, int bAt, int at, int stride, boolean add) {
    if (!add) {
      Tile.clear(s, at, stride, ROWS, COLUMNS);
    }
    if (TALL) {
      linear8(depth, s, aAt, bAt, at, stride);
    } else {
      linear4(depth, s, aAt, bAt, at, stride);
    }
  }

  /**
   * Tile whose right operand is not packed: vector j of step p is read at {@code bjAt + index[p]}.
   * A convolution reads its input this way, without unfolding it.
   *
   * @param aAt where the left panel begins, ROWS values per step of the depth
   * @param index one offset per step of the depth
   */
  public static void indexed(
      int depth,
      float[] s,
      int aAt,
      int b0At,
      int b1At,
      int[] index,
      int at,
      int stride,
      boolean add) {
    if (!add) {
      Tile.clear(s, at, stride, ROWS, COLUMNS);
    }
    if (TALL) {
      indexed8(depth, s, aAt, b0At, b1At, index, at, stride);
    } else {
      indexed4(depth, s, aAt, b0At, b1At, index, at, stride);
    }
  }

  /**
   * Tile of {@link Tile#GRADIENT_ROWS} × {@link Tile#GRADIENT_COLUMNS} whose left operand is not
   * packed: row i of step p is read at {@code base + rowAt[row + i] + index[p]}. The weight
   * gradient of a convolution reads the input this way.
   *
   * @param rowAt offset of each row; those from {@code row} on are used
   * @param index one offset per step of the depth
   * @param bAt where the right panel begins, GRADIENT_COLUMNS values per step of the depth
   */
  public static void gathered(
      int depth,
      float[] s,
      int[] rowAt,
      int row,
      int base,
      int[] index,
      int bAt,
      int at,
      int stride,
      boolean add) {
    if (!add) {
      Tile.clear(s, at, stride, GRADIENT_ROWS, GRADIENT_COLUMNS);
    }
    int first = base + rowAt[row];
    int second = base + rowAt[row + 1];
    int third = base + rowAt[row + 2];
    if (second == first + 1 && third == first + 2) {
      consecutive(depth, s, first, index, bAt, at, stride);
    } else {
      scattered(depth, s, first, second, third, index, bAt, at, stride);
    }
  }

  static void linear4(int depth, float[] s, int aAt, int bAt, int at, int stride) {
    FloatVector c00 = FloatVector.fromArray(SPECIES, s, at);
    FloatVector c01 = FloatVector.fromArray(SPECIES, s, at + LANES);
    FloatVector c10 = FloatVector.fromArray(SPECIES, s, at + stride);
    FloatVector c11 = FloatVector.fromArray(SPECIES, s, at + stride + LANES);
    FloatVector c20 = FloatVector.fromArray(SPECIES, s, at + 2 * stride);
    FloatVector c21 = FloatVector.fromArray(SPECIES, s, at + 2 * stride + LANES);
    FloatVector c30 = FloatVector.fromArray(SPECIES, s, at + 3 * stride);
    FloatVector c31 = FloatVector.fromArray(SPECIES, s, at + 3 * stride + LANES);
    for (int p = 0; p < depth; p++) {
      FloatVector b0 = FloatVector.fromArray(SPECIES, s, bAt);
      FloatVector b1 = FloatVector.fromArray(SPECIES, s, bAt + LANES);
      FloatVector v = FloatVector.broadcast(SPECIES, s[aAt]);
      c00 = v.fma(b0, c00);
      c01 = v.fma(b1, c01);
      v = FloatVector.broadcast(SPECIES, s[aAt + 1]);
      c10 = v.fma(b0, c10);
      c11 = v.fma(b1, c11);
      v = FloatVector.broadcast(SPECIES, s[aAt + 2]);
      c20 = v.fma(b0, c20);
      c21 = v.fma(b1, c21);
      v = FloatVector.broadcast(SPECIES, s[aAt + 3]);
      c30 = v.fma(b0, c30);
      c31 = v.fma(b1, c31);
      aAt += 4;
      bAt += COLUMNS;
    }
    store(c00, c01, s, at);
    store(c10, c11, s, at + stride);
    store(c20, c21, s, at + 2 * stride);
    store(c30, c31, s, at + 3 * stride);
  }

  static void linear8(int depth, float[] s, int aAt, int bAt, int at, int stride) {
    FloatVector c00 = FloatVector.fromArray(SPECIES, s, at);
    FloatVector c01 = FloatVector.fromArray(SPECIES, s, at + LANES);
    FloatVector c10 = FloatVector.fromArray(SPECIES, s, at + stride);
    FloatVector c11 = FloatVector.fromArray(SPECIES, s, at + stride + LANES);
    FloatVector c20 = FloatVector.fromArray(SPECIES, s, at + 2 * stride);
    FloatVector c21 = FloatVector.fromArray(SPECIES, s, at + 2 * stride + LANES);
    FloatVector c30 = FloatVector.fromArray(SPECIES, s, at + 3 * stride);
    FloatVector c31 = FloatVector.fromArray(SPECIES, s, at + 3 * stride + LANES);
    FloatVector c40 = FloatVector.fromArray(SPECIES, s, at + 4 * stride);
    FloatVector c41 = FloatVector.fromArray(SPECIES, s, at + 4 * stride + LANES);
    FloatVector c50 = FloatVector.fromArray(SPECIES, s, at + 5 * stride);
    FloatVector c51 = FloatVector.fromArray(SPECIES, s, at + 5 * stride + LANES);
    FloatVector c60 = FloatVector.fromArray(SPECIES, s, at + 6 * stride);
    FloatVector c61 = FloatVector.fromArray(SPECIES, s, at + 6 * stride + LANES);
    FloatVector c70 = FloatVector.fromArray(SPECIES, s, at + 7 * stride);
    FloatVector c71 = FloatVector.fromArray(SPECIES, s, at + 7 * stride + LANES);
    for (int p = 0; p < depth; p++) {
      FloatVector b0 = FloatVector.fromArray(SPECIES, s, bAt);
      FloatVector b1 = FloatVector.fromArray(SPECIES, s, bAt + LANES);
      FloatVector v = FloatVector.broadcast(SPECIES, s[aAt]);
      c00 = v.fma(b0, c00);
      c01 = v.fma(b1, c01);
      v = FloatVector.broadcast(SPECIES, s[aAt + 1]);
      c10 = v.fma(b0, c10);
      c11 = v.fma(b1, c11);
      v = FloatVector.broadcast(SPECIES, s[aAt + 2]);
      c20 = v.fma(b0, c20);
      c21 = v.fma(b1, c21);
      v = FloatVector.broadcast(SPECIES, s[aAt + 3]);
      c30 = v.fma(b0, c30);
      c31 = v.fma(b1, c31);
      v = FloatVector.broadcast(SPECIES, s[aAt + 4]);
      c40 = v.fma(b0, c40);
      c41 = v.fma(b1, c41);
      v = FloatVector.broadcast(SPECIES, s[aAt + 5]);
      c50 = v.fma(b0, c50);
      c51 = v.fma(b1, c51);
      v = FloatVector.broadcast(SPECIES, s[aAt + 6]);
      c60 = v.fma(b0, c60);
      c61 = v.fma(b1, c61);
      v = FloatVector.broadcast(SPECIES, s[aAt + 7]);
      c70 = v.fma(b0, c70);
      c71 = v.fma(b1, c71);
      aAt += 8;
      bAt += COLUMNS;
    }
    store(c00, c01, s, at);
    store(c10, c11, s, at + stride);
    store(c20, c21, s, at + 2 * stride);
    store(c30, c31, s, at + 3 * stride);
    store(c40, c41, s, at + 4 * stride);
    store(c50, c51, s, at + 5 * stride);
    store(c60, c61, s, at + 6 * stride);
    store(c70, c71, s, at + 7 * stride);
  }

  static void indexed4(
      int depth, float[] s, int aAt, int b0At, int b1At, int[] index, int at, int stride) {
    FloatVector c00 = FloatVector.fromArray(SPECIES, s, at);
    FloatVector c01 = FloatVector.fromArray(SPECIES, s, at + LANES);
    FloatVector c10 = FloatVector.fromArray(SPECIES, s, at + stride);
    FloatVector c11 = FloatVector.fromArray(SPECIES, s, at + stride + LANES);
    FloatVector c20 = FloatVector.fromArray(SPECIES, s, at + 2 * stride);
    FloatVector c21 = FloatVector.fromArray(SPECIES, s, at + 2 * stride + LANES);
    FloatVector c30 = FloatVector.fromArray(SPECIES, s, at + 3 * stride);
    FloatVector c31 = FloatVector.fromArray(SPECIES, s, at + 3 * stride + LANES);
    for (int p = 0; p < depth; p++) {
      int offset = index[p];
      FloatVector b0 = FloatVector.fromArray(SPECIES, s, b0At + offset);
      FloatVector b1 = FloatVector.fromArray(SPECIES, s, b1At + offset);
      FloatVector v = FloatVector.broadcast(SPECIES, s[aAt]);
      c00 = v.fma(b0, c00);
      c01 = v.fma(b1, c01);
      v = FloatVector.broadcast(SPECIES, s[aAt + 1]);
      c10 = v.fma(b0, c10);
      c11 = v.fma(b1, c11);
      v = FloatVector.broadcast(SPECIES, s[aAt + 2]);
      c20 = v.fma(b0, c20);
      c21 = v.fma(b1, c21);
      v = FloatVector.broadcast(SPECIES, s[aAt + 3]);
      c30 = v.fma(b0, c30);
      c31 = v.fma(b1, c31);
      aAt += 4;
    }
    store(c00, c01, s, at);
    store(c10, c11, s, at + stride);
    store(c20, c21, s, at + 2 * stride);
    store(c30, c31, s, at + 3 * stride);
  }

  static void indexed8(
      int depth, float[] s, int aAt, int b0At, int b1At, int[] index, int at, int stride) {
    FloatVector c00 = FloatVector.fromArray(SPECIES, s, at);
    FloatVector c01 = FloatVector.fromArray(SPECIES, s, at + LANES);
    FloatVector c10 = FloatVector.fromArray(SPECIES, s, at + stride);
    FloatVector c11 = FloatVector.fromArray(SPECIES, s, at + stride + LANES);
    FloatVector c20 = FloatVector.fromArray(SPECIES, s, at + 2 * stride);
    FloatVector c21 = FloatVector.fromArray(SPECIES, s, at + 2 * stride + LANES);
    FloatVector c30 = FloatVector.fromArray(SPECIES, s, at + 3 * stride);
    FloatVector c31 = FloatVector.fromArray(SPECIES, s, at + 3 * stride + LANES);
    FloatVector c40 = FloatVector.fromArray(SPECIES, s, at + 4 * stride);
    FloatVector c41 = FloatVector.fromArray(SPECIES, s, at + 4 * stride + LANES);
    FloatVector c50 = FloatVector.fromArray(SPECIES, s, at + 5 * stride);
    FloatVector c51 = FloatVector.fromArray(SPECIES, s, at + 5 * stride + LANES);
    FloatVector c60 = FloatVector.fromArray(SPECIES, s, at + 6 * stride);
    FloatVector c61 = FloatVector.fromArray(SPECIES, s, at + 6 * stride + LANES);
    FloatVector c70 = FloatVector.fromArray(SPECIES, s, at + 7 * stride);
    FloatVector c71 = FloatVector.fromArray(SPECIES, s, at + 7 * stride + LANES);
    for (int p = 0; p < depth; p++) {
      int offset = index[p];
      FloatVector b0 = FloatVector.fromArray(SPECIES, s, b0At + offset);
      FloatVector b1 = FloatVector.fromArray(SPECIES, s, b1At + offset);
      FloatVector v = FloatVector.broadcast(SPECIES, s[aAt]);
      c00 = v.fma(b0, c00);
      c01 = v.fma(b1, c01);
      v = FloatVector.broadcast(SPECIES, s[aAt + 1]);
      c10 = v.fma(b0, c10);
      c11 = v.fma(b1, c11);
      v = FloatVector.broadcast(SPECIES, s[aAt + 2]);
      c20 = v.fma(b0, c20);
      c21 = v.fma(b1, c21);
      v = FloatVector.broadcast(SPECIES, s[aAt + 3]);
      c30 = v.fma(b0, c30);
      c31 = v.fma(b1, c31);
      v = FloatVector.broadcast(SPECIES, s[aAt + 4]);
      c40 = v.fma(b0, c40);
      c41 = v.fma(b1, c41);
      v = FloatVector.broadcast(SPECIES, s[aAt + 5]);
      c50 = v.fma(b0, c50);
      c51 = v.fma(b1, c51);
      v = FloatVector.broadcast(SPECIES, s[aAt + 6]);
      c60 = v.fma(b0, c60);
      c61 = v.fma(b1, c61);
      v = FloatVector.broadcast(SPECIES, s[aAt + 7]);
      c70 = v.fma(b0, c70);
      c71 = v.fma(b1, c71);
      aAt += 8;
    }
    store(c00, c01, s, at);
    store(c10, c11, s, at + stride);
    store(c20, c21, s, at + 2 * stride);
    store(c30, c31, s, at + 3 * stride);
    store(c40, c41, s, at + 4 * stride);
    store(c50, c51, s, at + 5 * stride);
    store(c60, c61, s, at + 6 * stride);
    store(c70, c71, s, at + 7 * stride);
  }

  /**
   * Rows that lie next to each other, as the three taps of a kernel's row do: one address serves
   * all.
   */
  private static void consecutive(
      int depth, float[] s, int first, int[] index, int bAt, int at, int stride) {
    FloatVector c00 = FloatVector.fromArray(SPECIES, s, at);
    FloatVector c01 = FloatVector.fromArray(SPECIES, s, at + LANES);
    FloatVector c02 = FloatVector.fromArray(SPECIES, s, at + 2 * LANES);
    FloatVector c10 = FloatVector.fromArray(SPECIES, s, at + stride);
    FloatVector c11 = FloatVector.fromArray(SPECIES, s, at + stride + LANES);
    FloatVector c12 = FloatVector.fromArray(SPECIES, s, at + stride + 2 * LANES);
    FloatVector c20 = FloatVector.fromArray(SPECIES, s, at + 2 * stride);
    FloatVector c21 = FloatVector.fromArray(SPECIES, s, at + 2 * stride + LANES);
    FloatVector c22 = FloatVector.fromArray(SPECIES, s, at + 2 * stride + 2 * LANES);
    for (int p = 0; p < depth; p++) {
      int offset = first + index[p];
      FloatVector b0 = FloatVector.fromArray(SPECIES, s, bAt);
      FloatVector b1 = FloatVector.fromArray(SPECIES, s, bAt + LANES);
      FloatVector b2 = FloatVector.fromArray(SPECIES, s, bAt + 2 * LANES);
      FloatVector v = FloatVector.broadcast(SPECIES, s[offset]);
      c00 = v.fma(b0, c00);
      c01 = v.fma(b1, c01);
      c02 = v.fma(b2, c02);
      v = FloatVector.broadcast(SPECIES, s[offset + 1]);
      c10 = v.fma(b0, c10);
      c11 = v.fma(b1, c11);
      c12 = v.fma(b2, c12);
      v = FloatVector.broadcast(SPECIES, s[offset + 2]);
      c20 = v.fma(b0, c20);
      c21 = v.fma(b1, c21);
      c22 = v.fma(b2, c22);
      bAt += GRADIENT_COLUMNS;
    }
    store(c00, c01, s, at);
    store(c02, s, at + 2 * LANES);
    store(c10, c11, s, at + stride);
    store(c12, s, at + stride + 2 * LANES);
    store(c20, c21, s, at + 2 * stride);
    store(c22, s, at + 2 * stride + 2 * LANES);
  }

  private static void scattered(
      int depth,
      float[] s,
      int first,
      int second,
      int third,
      int[] index,
      int bAt,
      int at,
      int stride) {
    FloatVector c00 = FloatVector.fromArray(SPECIES, s, at);
    FloatVector c01 = FloatVector.fromArray(SPECIES, s, at + LANES);
    FloatVector c02 = FloatVector.fromArray(SPECIES, s, at + 2 * LANES);
    FloatVector c10 = FloatVector.fromArray(SPECIES, s, at + stride);
    FloatVector c11 = FloatVector.fromArray(SPECIES, s, at + stride + LANES);
    FloatVector c12 = FloatVector.fromArray(SPECIES, s, at + stride + 2 * LANES);
    FloatVector c20 = FloatVector.fromArray(SPECIES, s, at + 2 * stride);
    FloatVector c21 = FloatVector.fromArray(SPECIES, s, at + 2 * stride + LANES);
    FloatVector c22 = FloatVector.fromArray(SPECIES, s, at + 2 * stride + 2 * LANES);
    for (int p = 0; p < depth; p++) {
      int offset = index[p];
      FloatVector b0 = FloatVector.fromArray(SPECIES, s, bAt);
      FloatVector b1 = FloatVector.fromArray(SPECIES, s, bAt + LANES);
      FloatVector b2 = FloatVector.fromArray(SPECIES, s, bAt + 2 * LANES);
      FloatVector v = FloatVector.broadcast(SPECIES, s[first + offset]);
      c00 = v.fma(b0, c00);
      c01 = v.fma(b1, c01);
      c02 = v.fma(b2, c02);
      v = FloatVector.broadcast(SPECIES, s[second + offset]);
      c10 = v.fma(b0, c10);
      c11 = v.fma(b1, c11);
      c12 = v.fma(b2, c12);
      v = FloatVector.broadcast(SPECIES, s[third + offset]);
      c20 = v.fma(b0, c20);
      c21 = v.fma(b1, c21);
      c22 = v.fma(b2, c22);
      bAt += GRADIENT_COLUMNS;
    }
    store(c00, c01, s, at);
    store(c02, s, at + 2 * LANES);
    store(c10, c11, s, at + stride);
    store(c12, s, at + stride + 2 * LANES);
    store(c20, c21, s, at + 2 * stride);
    store(c22, s, at + 2 * stride + 2 * LANES);
  }

  private static void store(FloatVector u, FloatVector v, float[] s, int at) {
    u.intoArray(s, at);
    v.intoArray(s, at + LANES);
  }

  private static void store(FloatVector u, float[] s, int at) {
    u.intoArray(s, at);
  }
}
