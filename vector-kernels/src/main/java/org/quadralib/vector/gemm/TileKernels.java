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
 * local variables. Whether to add is decided outside of a kernel: a vector that depends on a branch
 * is boxed, which costs nine tenths of the speed. Those of four rows always add, those of eight
 * never: with sixteen accumulators the additions would exceed what C2 inlines
 * (NodeCountInliningCutoff), and all sums be boxed. The depth loop is left for the compiler to
 * unroll: unrolled by hand it gets slower. Operands and sums lie in one heap array {@code s}: loads
 * from the heap are cheaper than loads from a memory segment, and one array rather than three
 * leaves enough general registers that none is spilled, which is worth a quarter of the speed. Row
 * i of the sums begins at {@code at + i · stride}; the sums are added to what is there if {@code
 * add}.
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
    stepped(depth, s, aAt, ROWS, bAt, at, stride, add);
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
    if (TALL && !add) {
      indexed8(depth, s, aAt, b0At, b1At, index, at, stride);
      return;
    }
    if (!add) {
      Tile.clear(s, at, stride, ROWS, COLUMNS);
    }
    for (int i = 0; i < ROWS; i += 4) { // One call: inlined twice, it would exceed the limit.
      indexed4(depth, s, aAt + i, ROWS, b0At, b1At, index, at + i * stride, stride);
    }
  }

  /**
   * Tile whose left operand lies in blocks of LANES steps of the depth: row i of step p is read at
   * {@code aAt + i · LANES + index[p]}. The sums are overwritten.
   *
   * @param index one offset per step of the depth
   * @param bAt where the right panel begins, COLUMNS values per step of the depth
   */
  public static void blocked(
      int depth, float[] s, int aAt, int[] index, int bAt, int at, int stride) {
    if (TALL) {
      blocked8(depth, s, aAt, index, bAt, at, stride);
    } else {
      blocked4(depth, s, aAt, index, bAt, at, stride);
    }
  }

  /**
   * The same for the left half of a right panel, one vector of columns: the other half of the sums
   * is left as it was, or set to anything.
   */
  public static void narrow(
      int depth, float[] s, int aAt, int[] index, int bAt, int at, int stride) {
    if (TALL) {
      narrow8(depth, s, aAt, index, bAt, at, stride);
    } else { // Four sums are too few for the latency of the multiply-adds; eight cost no more.
      blocked4(depth, s, aAt, index, bAt, at, stride);
    }
  }

  /**
   * The same with a right panel of which only some steps are used: those of step p are read at
   * {@code bAt + bIndex[p]}.
   *
   * @param index one offset per step of the depth, for the left operand
   * @param bIndex one offset per step of the depth
   */
  public static void matched(
      int depth, float[] s, int aAt, int[] index, int bAt, int[] bIndex, int at, int stride) {
    if (TALL) {
      matched8(depth, s, aAt, index, bAt, bIndex, at, stride);
    } else {
      matched4(depth, s, aAt, index, bAt, bIndex, at, stride);
    }
  }

  /**
   * Tile whose left operand takes {@code aStep} values per step of the depth, of which the first
   * ROWS count.
   *
   * @param aAt where the left operand begins
   * @param bAt where the right panel begins, COLUMNS values per step of the depth
   */
  public static void stepped(
      int depth, float[] s, int aAt, int aStep, int bAt, int at, int stride, boolean add) {
    if (TALL && !add) {
      stepped8(depth, s, aAt, aStep, bAt, at, stride);
      return;
    }
    if (!add) {
      Tile.clear(s, at, stride, ROWS, COLUMNS);
    }
    for (int i = 0; i < ROWS; i += 4) { // One call: inlined twice, it would exceed the limit.
      stepped4(depth, s, aAt + i, aStep, bAt, at + i * stride, stride);
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

  static void stepped4(int depth, float[] s, int aAt, int aStep, int bAt, int at, int stride) {
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector c00 = zero;
    FloatVector c01 = zero;
    FloatVector c10 = zero;
    FloatVector c11 = zero;
    FloatVector c20 = zero;
    FloatVector c21 = zero;
    FloatVector c30 = zero;
    FloatVector c31 = zero;
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
      aAt += aStep;
      bAt += COLUMNS;
    }
    add(c00, c01, s, at);
    add(c10, c11, s, at + stride);
    add(c20, c21, s, at + 2 * stride);
    add(c30, c31, s, at + 3 * stride);
  }

  static void stepped8(int depth, float[] s, int aAt, int aStep, int bAt, int at, int stride) {
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector c00 = zero;
    FloatVector c01 = zero;
    FloatVector c10 = zero;
    FloatVector c11 = zero;
    FloatVector c20 = zero;
    FloatVector c21 = zero;
    FloatVector c30 = zero;
    FloatVector c31 = zero;
    FloatVector c40 = zero;
    FloatVector c41 = zero;
    FloatVector c50 = zero;
    FloatVector c51 = zero;
    FloatVector c60 = zero;
    FloatVector c61 = zero;
    FloatVector c70 = zero;
    FloatVector c71 = zero;
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
      aAt += aStep;
      bAt += COLUMNS;
    }
    c00.intoArray(s, at);
    c01.intoArray(s, at + LANES);
    c10.intoArray(s, at + stride);
    c11.intoArray(s, at + stride + LANES);
    c20.intoArray(s, at + 2 * stride);
    c21.intoArray(s, at + 2 * stride + LANES);
    c30.intoArray(s, at + 3 * stride);
    c31.intoArray(s, at + 3 * stride + LANES);
    c40.intoArray(s, at + 4 * stride);
    c41.intoArray(s, at + 4 * stride + LANES);
    c50.intoArray(s, at + 5 * stride);
    c51.intoArray(s, at + 5 * stride + LANES);
    c60.intoArray(s, at + 6 * stride);
    c61.intoArray(s, at + 6 * stride + LANES);
    c70.intoArray(s, at + 7 * stride);
    c71.intoArray(s, at + 7 * stride + LANES);
  }

  static void indexed4(
      int depth,
      float[] s,
      int aAt,
      int aStep,
      int b0At,
      int b1At,
      int[] index,
      int at,
      int stride) {
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector c00 = zero;
    FloatVector c01 = zero;
    FloatVector c10 = zero;
    FloatVector c11 = zero;
    FloatVector c20 = zero;
    FloatVector c21 = zero;
    FloatVector c30 = zero;
    FloatVector c31 = zero;
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
      aAt += aStep;
    }
    add(c00, c01, s, at);
    add(c10, c11, s, at + stride);
    add(c20, c21, s, at + 2 * stride);
    add(c30, c31, s, at + 3 * stride);
  }

  static void indexed8(
      int depth, float[] s, int aAt, int b0At, int b1At, int[] index, int at, int stride) {
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector c00 = zero;
    FloatVector c01 = zero;
    FloatVector c10 = zero;
    FloatVector c11 = zero;
    FloatVector c20 = zero;
    FloatVector c21 = zero;
    FloatVector c30 = zero;
    FloatVector c31 = zero;
    FloatVector c40 = zero;
    FloatVector c41 = zero;
    FloatVector c50 = zero;
    FloatVector c51 = zero;
    FloatVector c60 = zero;
    FloatVector c61 = zero;
    FloatVector c70 = zero;
    FloatVector c71 = zero;
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
    c00.intoArray(s, at);
    c01.intoArray(s, at + LANES);
    c10.intoArray(s, at + stride);
    c11.intoArray(s, at + stride + LANES);
    c20.intoArray(s, at + 2 * stride);
    c21.intoArray(s, at + 2 * stride + LANES);
    c30.intoArray(s, at + 3 * stride);
    c31.intoArray(s, at + 3 * stride + LANES);
    c40.intoArray(s, at + 4 * stride);
    c41.intoArray(s, at + 4 * stride + LANES);
    c50.intoArray(s, at + 5 * stride);
    c51.intoArray(s, at + 5 * stride + LANES);
    c60.intoArray(s, at + 6 * stride);
    c61.intoArray(s, at + 6 * stride + LANES);
    c70.intoArray(s, at + 7 * stride);
    c71.intoArray(s, at + 7 * stride + LANES);
  }

  static void blocked4(int depth, float[] s, int aAt, int[] index, int bAt, int at, int stride) {
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector c00 = zero;
    FloatVector c01 = zero;
    FloatVector c10 = zero;
    FloatVector c11 = zero;
    FloatVector c20 = zero;
    FloatVector c21 = zero;
    FloatVector c30 = zero;
    FloatVector c31 = zero;
    for (int p = 0; p < depth; p++) {
      int a = aAt + index[p];
      FloatVector b0 = FloatVector.fromArray(SPECIES, s, bAt);
      FloatVector b1 = FloatVector.fromArray(SPECIES, s, bAt + LANES);
      FloatVector v = FloatVector.broadcast(SPECIES, s[a]);
      c00 = v.fma(b0, c00);
      c01 = v.fma(b1, c01);
      v = FloatVector.broadcast(SPECIES, s[a + LANES]);
      c10 = v.fma(b0, c10);
      c11 = v.fma(b1, c11);
      v = FloatVector.broadcast(SPECIES, s[a + 2 * LANES]);
      c20 = v.fma(b0, c20);
      c21 = v.fma(b1, c21);
      v = FloatVector.broadcast(SPECIES, s[a + 3 * LANES]);
      c30 = v.fma(b0, c30);
      c31 = v.fma(b1, c31);
      bAt += COLUMNS;
    }
    c00.intoArray(s, at);
    c01.intoArray(s, at + LANES);
    c10.intoArray(s, at + stride);
    c11.intoArray(s, at + stride + LANES);
    c20.intoArray(s, at + 2 * stride);
    c21.intoArray(s, at + 2 * stride + LANES);
    c30.intoArray(s, at + 3 * stride);
    c31.intoArray(s, at + 3 * stride + LANES);
  }

  static void blocked8(int depth, float[] s, int aAt, int[] index, int bAt, int at, int stride) {
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector c00 = zero;
    FloatVector c01 = zero;
    FloatVector c10 = zero;
    FloatVector c11 = zero;
    FloatVector c20 = zero;
    FloatVector c21 = zero;
    FloatVector c30 = zero;
    FloatVector c31 = zero;
    FloatVector c40 = zero;
    FloatVector c41 = zero;
    FloatVector c50 = zero;
    FloatVector c51 = zero;
    FloatVector c60 = zero;
    FloatVector c61 = zero;
    FloatVector c70 = zero;
    FloatVector c71 = zero;
    for (int p = 0; p < depth; p++) {
      int a = aAt + index[p];
      FloatVector b0 = FloatVector.fromArray(SPECIES, s, bAt);
      FloatVector b1 = FloatVector.fromArray(SPECIES, s, bAt + LANES);
      FloatVector v = FloatVector.broadcast(SPECIES, s[a]);
      c00 = v.fma(b0, c00);
      c01 = v.fma(b1, c01);
      v = FloatVector.broadcast(SPECIES, s[a + LANES]);
      c10 = v.fma(b0, c10);
      c11 = v.fma(b1, c11);
      v = FloatVector.broadcast(SPECIES, s[a + 2 * LANES]);
      c20 = v.fma(b0, c20);
      c21 = v.fma(b1, c21);
      v = FloatVector.broadcast(SPECIES, s[a + 3 * LANES]);
      c30 = v.fma(b0, c30);
      c31 = v.fma(b1, c31);
      v = FloatVector.broadcast(SPECIES, s[a + 4 * LANES]);
      c40 = v.fma(b0, c40);
      c41 = v.fma(b1, c41);
      v = FloatVector.broadcast(SPECIES, s[a + 5 * LANES]);
      c50 = v.fma(b0, c50);
      c51 = v.fma(b1, c51);
      v = FloatVector.broadcast(SPECIES, s[a + 6 * LANES]);
      c60 = v.fma(b0, c60);
      c61 = v.fma(b1, c61);
      v = FloatVector.broadcast(SPECIES, s[a + 7 * LANES]);
      c70 = v.fma(b0, c70);
      c71 = v.fma(b1, c71);
      bAt += COLUMNS;
    }
    c00.intoArray(s, at);
    c01.intoArray(s, at + LANES);
    c10.intoArray(s, at + stride);
    c11.intoArray(s, at + stride + LANES);
    c20.intoArray(s, at + 2 * stride);
    c21.intoArray(s, at + 2 * stride + LANES);
    c30.intoArray(s, at + 3 * stride);
    c31.intoArray(s, at + 3 * stride + LANES);
    c40.intoArray(s, at + 4 * stride);
    c41.intoArray(s, at + 4 * stride + LANES);
    c50.intoArray(s, at + 5 * stride);
    c51.intoArray(s, at + 5 * stride + LANES);
    c60.intoArray(s, at + 6 * stride);
    c61.intoArray(s, at + 6 * stride + LANES);
    c70.intoArray(s, at + 7 * stride);
    c71.intoArray(s, at + 7 * stride + LANES);
  }

  static void narrow8(int depth, float[] s, int aAt, int[] index, int bAt, int at, int stride) {
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector c0 = zero;
    FloatVector c1 = zero;
    FloatVector c2 = zero;
    FloatVector c3 = zero;
    FloatVector c4 = zero;
    FloatVector c5 = zero;
    FloatVector c6 = zero;
    FloatVector c7 = zero;
    for (int p = 0; p < depth; p++) {
      int a = aAt + index[p];
      FloatVector b = FloatVector.fromArray(SPECIES, s, bAt);
      c0 = FloatVector.broadcast(SPECIES, s[a]).fma(b, c0);
      c1 = FloatVector.broadcast(SPECIES, s[a + LANES]).fma(b, c1);
      c2 = FloatVector.broadcast(SPECIES, s[a + 2 * LANES]).fma(b, c2);
      c3 = FloatVector.broadcast(SPECIES, s[a + 3 * LANES]).fma(b, c3);
      c4 = FloatVector.broadcast(SPECIES, s[a + 4 * LANES]).fma(b, c4);
      c5 = FloatVector.broadcast(SPECIES, s[a + 5 * LANES]).fma(b, c5);
      c6 = FloatVector.broadcast(SPECIES, s[a + 6 * LANES]).fma(b, c6);
      c7 = FloatVector.broadcast(SPECIES, s[a + 7 * LANES]).fma(b, c7);
      bAt += COLUMNS;
    }
    c0.intoArray(s, at);
    c1.intoArray(s, at + stride);
    c2.intoArray(s, at + 2 * stride);
    c3.intoArray(s, at + 3 * stride);
    c4.intoArray(s, at + 4 * stride);
    c5.intoArray(s, at + 5 * stride);
    c6.intoArray(s, at + 6 * stride);
    c7.intoArray(s, at + 7 * stride);
  }

  static void matched4(
      int depth, float[] s, int aAt, int[] index, int bAt, int[] bIndex, int at, int stride) {
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector c00 = zero;
    FloatVector c01 = zero;
    FloatVector c10 = zero;
    FloatVector c11 = zero;
    FloatVector c20 = zero;
    FloatVector c21 = zero;
    FloatVector c30 = zero;
    FloatVector c31 = zero;
    for (int p = 0; p < depth; p++) {
      int a = aAt + index[p];
      int b = bAt + bIndex[p];
      FloatVector b0 = FloatVector.fromArray(SPECIES, s, b);
      FloatVector b1 = FloatVector.fromArray(SPECIES, s, b + LANES);
      FloatVector v = FloatVector.broadcast(SPECIES, s[a]);
      c00 = v.fma(b0, c00);
      c01 = v.fma(b1, c01);
      v = FloatVector.broadcast(SPECIES, s[a + LANES]);
      c10 = v.fma(b0, c10);
      c11 = v.fma(b1, c11);
      v = FloatVector.broadcast(SPECIES, s[a + 2 * LANES]);
      c20 = v.fma(b0, c20);
      c21 = v.fma(b1, c21);
      v = FloatVector.broadcast(SPECIES, s[a + 3 * LANES]);
      c30 = v.fma(b0, c30);
      c31 = v.fma(b1, c31);
    }
    c00.intoArray(s, at);
    c01.intoArray(s, at + LANES);
    c10.intoArray(s, at + stride);
    c11.intoArray(s, at + stride + LANES);
    c20.intoArray(s, at + 2 * stride);
    c21.intoArray(s, at + 2 * stride + LANES);
    c30.intoArray(s, at + 3 * stride);
    c31.intoArray(s, at + 3 * stride + LANES);
  }

  static void matched8(
      int depth, float[] s, int aAt, int[] index, int bAt, int[] bIndex, int at, int stride) {
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector c00 = zero;
    FloatVector c01 = zero;
    FloatVector c10 = zero;
    FloatVector c11 = zero;
    FloatVector c20 = zero;
    FloatVector c21 = zero;
    FloatVector c30 = zero;
    FloatVector c31 = zero;
    FloatVector c40 = zero;
    FloatVector c41 = zero;
    FloatVector c50 = zero;
    FloatVector c51 = zero;
    FloatVector c60 = zero;
    FloatVector c61 = zero;
    FloatVector c70 = zero;
    FloatVector c71 = zero;
    for (int p = 0; p < depth; p++) {
      int a = aAt + index[p];
      int b = bAt + bIndex[p];
      FloatVector b0 = FloatVector.fromArray(SPECIES, s, b);
      FloatVector b1 = FloatVector.fromArray(SPECIES, s, b + LANES);
      FloatVector v = FloatVector.broadcast(SPECIES, s[a]);
      c00 = v.fma(b0, c00);
      c01 = v.fma(b1, c01);
      v = FloatVector.broadcast(SPECIES, s[a + LANES]);
      c10 = v.fma(b0, c10);
      c11 = v.fma(b1, c11);
      v = FloatVector.broadcast(SPECIES, s[a + 2 * LANES]);
      c20 = v.fma(b0, c20);
      c21 = v.fma(b1, c21);
      v = FloatVector.broadcast(SPECIES, s[a + 3 * LANES]);
      c30 = v.fma(b0, c30);
      c31 = v.fma(b1, c31);
      v = FloatVector.broadcast(SPECIES, s[a + 4 * LANES]);
      c40 = v.fma(b0, c40);
      c41 = v.fma(b1, c41);
      v = FloatVector.broadcast(SPECIES, s[a + 5 * LANES]);
      c50 = v.fma(b0, c50);
      c51 = v.fma(b1, c51);
      v = FloatVector.broadcast(SPECIES, s[a + 6 * LANES]);
      c60 = v.fma(b0, c60);
      c61 = v.fma(b1, c61);
      v = FloatVector.broadcast(SPECIES, s[a + 7 * LANES]);
      c70 = v.fma(b0, c70);
      c71 = v.fma(b1, c71);
    }
    c00.intoArray(s, at);
    c01.intoArray(s, at + LANES);
    c10.intoArray(s, at + stride);
    c11.intoArray(s, at + stride + LANES);
    c20.intoArray(s, at + 2 * stride);
    c21.intoArray(s, at + 2 * stride + LANES);
    c30.intoArray(s, at + 3 * stride);
    c31.intoArray(s, at + 3 * stride + LANES);
    c40.intoArray(s, at + 4 * stride);
    c41.intoArray(s, at + 4 * stride + LANES);
    c50.intoArray(s, at + 5 * stride);
    c51.intoArray(s, at + 5 * stride + LANES);
    c60.intoArray(s, at + 6 * stride);
    c61.intoArray(s, at + 6 * stride + LANES);
    c70.intoArray(s, at + 7 * stride);
    c71.intoArray(s, at + 7 * stride + LANES);
  }

  /**
   * Rows that lie next to each other, as the three taps of a kernel's row do: one address serves
   * all.
   */
  private static void consecutive(
      int depth, float[] s, int first, int[] index, int bAt, int at, int stride) {
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector c00 = zero;
    FloatVector c01 = zero;
    FloatVector c02 = zero;
    FloatVector c10 = zero;
    FloatVector c11 = zero;
    FloatVector c12 = zero;
    FloatVector c20 = zero;
    FloatVector c21 = zero;
    FloatVector c22 = zero;
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
    add(c00, c01, s, at);
    add(c02, s, at + 2 * LANES);
    add(c10, c11, s, at + stride);
    add(c12, s, at + stride + 2 * LANES);
    add(c20, c21, s, at + 2 * stride);
    add(c22, s, at + 2 * stride + 2 * LANES);
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
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector c00 = zero;
    FloatVector c01 = zero;
    FloatVector c02 = zero;
    FloatVector c10 = zero;
    FloatVector c11 = zero;
    FloatVector c12 = zero;
    FloatVector c20 = zero;
    FloatVector c21 = zero;
    FloatVector c22 = zero;
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
    add(c00, c01, s, at);
    add(c02, s, at + 2 * LANES);
    add(c10, c11, s, at + stride);
    add(c12, s, at + stride + 2 * LANES);
    add(c20, c21, s, at + 2 * stride);
    add(c22, s, at + 2 * stride + 2 * LANES);
  }

  private static void add(FloatVector u, FloatVector v, float[] s, int at) {
    add(u, s, at);
    add(v, s, at + LANES);
  }

  private static void add(FloatVector u, float[] s, int at) {
    u.add(FloatVector.fromArray(SPECIES, s, at)).intoArray(s, at);
  }
}
