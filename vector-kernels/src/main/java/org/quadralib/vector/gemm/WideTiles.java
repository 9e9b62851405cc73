package org.quadralib.vector.gemm;

import static org.quadralib.vector.gemm.Tile.LANES;
import static org.quadralib.vector.gemm.Tile.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * Register tiles of {@link Tile#ROWS} × {@link #COLUMNS} sums, three vectors wide, for machines
 * with 32 registers: see {@link TileKernels}. The maps of a quadratic layer come in threes, so that
 * they fill these where they would leave the last of two vectors empty; and with 24 sums there are
 * fewer loads to a multiply-add.
 */
public final class WideTiles {
  /** Columns of a tile: three vectors. */
  public static final int COLUMNS = 3 * LANES;

  private WideTiles() {}

  /** Whether the machine has registers enough, and panels of three vectors none that is empty. */
  public static boolean suit(int vectors) {
    return Tile.TALL && vectors % 3 == 0;
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
    FloatVector c30 = zero;
    FloatVector c31 = zero;
    FloatVector c32 = zero;
    FloatVector c40 = zero;
    FloatVector c41 = zero;
    FloatVector c42 = zero;
    FloatVector c50 = zero;
    FloatVector c51 = zero;
    FloatVector c52 = zero;
    FloatVector c60 = zero;
    FloatVector c61 = zero;
    FloatVector c62 = zero;
    FloatVector c70 = zero;
    FloatVector c71 = zero;
    FloatVector c72 = zero;
    for (int p = 0; p < depth; p++) {
      int a = aAt + index[p];
      FloatVector b0 = FloatVector.fromArray(SPECIES, s, bAt);
      FloatVector b1 = FloatVector.fromArray(SPECIES, s, bAt + LANES);
      FloatVector b2 = FloatVector.fromArray(SPECIES, s, bAt + 2 * LANES);
      FloatVector v = FloatVector.broadcast(SPECIES, s[a]);
      c00 = v.fma(b0, c00);
      c01 = v.fma(b1, c01);
      c02 = v.fma(b2, c02);
      v = FloatVector.broadcast(SPECIES, s[a + LANES]);
      c10 = v.fma(b0, c10);
      c11 = v.fma(b1, c11);
      c12 = v.fma(b2, c12);
      v = FloatVector.broadcast(SPECIES, s[a + 2 * LANES]);
      c20 = v.fma(b0, c20);
      c21 = v.fma(b1, c21);
      c22 = v.fma(b2, c22);
      v = FloatVector.broadcast(SPECIES, s[a + 3 * LANES]);
      c30 = v.fma(b0, c30);
      c31 = v.fma(b1, c31);
      c32 = v.fma(b2, c32);
      v = FloatVector.broadcast(SPECIES, s[a + 4 * LANES]);
      c40 = v.fma(b0, c40);
      c41 = v.fma(b1, c41);
      c42 = v.fma(b2, c42);
      v = FloatVector.broadcast(SPECIES, s[a + 5 * LANES]);
      c50 = v.fma(b0, c50);
      c51 = v.fma(b1, c51);
      c52 = v.fma(b2, c52);
      v = FloatVector.broadcast(SPECIES, s[a + 6 * LANES]);
      c60 = v.fma(b0, c60);
      c61 = v.fma(b1, c61);
      c62 = v.fma(b2, c62);
      v = FloatVector.broadcast(SPECIES, s[a + 7 * LANES]);
      c70 = v.fma(b0, c70);
      c71 = v.fma(b1, c71);
      c72 = v.fma(b2, c72);
      bAt += COLUMNS;
    }
    c00.intoArray(s, at);
    c01.intoArray(s, at + LANES);
    c02.intoArray(s, at + 2 * LANES);
    c10.intoArray(s, at + stride);
    c11.intoArray(s, at + stride + LANES);
    c12.intoArray(s, at + stride + 2 * LANES);
    c20.intoArray(s, at + 2 * stride);
    c21.intoArray(s, at + 2 * stride + LANES);
    c22.intoArray(s, at + 2 * stride + 2 * LANES);
    c30.intoArray(s, at + 3 * stride);
    c31.intoArray(s, at + 3 * stride + LANES);
    c32.intoArray(s, at + 3 * stride + 2 * LANES);
    c40.intoArray(s, at + 4 * stride);
    c41.intoArray(s, at + 4 * stride + LANES);
    c42.intoArray(s, at + 4 * stride + 2 * LANES);
    c50.intoArray(s, at + 5 * stride);
    c51.intoArray(s, at + 5 * stride + LANES);
    c52.intoArray(s, at + 5 * stride + 2 * LANES);
    c60.intoArray(s, at + 6 * stride);
    c61.intoArray(s, at + 6 * stride + LANES);
    c62.intoArray(s, at + 6 * stride + 2 * LANES);
    c70.intoArray(s, at + 7 * stride);
    c71.intoArray(s, at + 7 * stride + LANES);
    c72.intoArray(s, at + 7 * stride + 2 * LANES);
  }

  /**
   * Tile whose left operand takes {@code aStep} values per step of the depth, of which the first
   * ROWS count. The sums are overwritten.
   *
   * @param aAt where the left operand begins
   * @param bAt where the right panel begins, COLUMNS values per step of the depth
   */
  public static void stepped(
      int depth, float[] s, int aAt, int aStep, int bAt, int at, int stride) {
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
    FloatVector c30 = zero;
    FloatVector c31 = zero;
    FloatVector c32 = zero;
    FloatVector c40 = zero;
    FloatVector c41 = zero;
    FloatVector c42 = zero;
    FloatVector c50 = zero;
    FloatVector c51 = zero;
    FloatVector c52 = zero;
    FloatVector c60 = zero;
    FloatVector c61 = zero;
    FloatVector c62 = zero;
    FloatVector c70 = zero;
    FloatVector c71 = zero;
    FloatVector c72 = zero;
    for (int p = 0; p < depth; p++) {
      FloatVector b0 = FloatVector.fromArray(SPECIES, s, bAt);
      FloatVector b1 = FloatVector.fromArray(SPECIES, s, bAt + LANES);
      FloatVector b2 = FloatVector.fromArray(SPECIES, s, bAt + 2 * LANES);
      FloatVector v = FloatVector.broadcast(SPECIES, s[aAt]);
      c00 = v.fma(b0, c00);
      c01 = v.fma(b1, c01);
      c02 = v.fma(b2, c02);
      v = FloatVector.broadcast(SPECIES, s[aAt + 1]);
      c10 = v.fma(b0, c10);
      c11 = v.fma(b1, c11);
      c12 = v.fma(b2, c12);
      v = FloatVector.broadcast(SPECIES, s[aAt + 2]);
      c20 = v.fma(b0, c20);
      c21 = v.fma(b1, c21);
      c22 = v.fma(b2, c22);
      v = FloatVector.broadcast(SPECIES, s[aAt + 3]);
      c30 = v.fma(b0, c30);
      c31 = v.fma(b1, c31);
      c32 = v.fma(b2, c32);
      v = FloatVector.broadcast(SPECIES, s[aAt + 4]);
      c40 = v.fma(b0, c40);
      c41 = v.fma(b1, c41);
      c42 = v.fma(b2, c42);
      v = FloatVector.broadcast(SPECIES, s[aAt + 5]);
      c50 = v.fma(b0, c50);
      c51 = v.fma(b1, c51);
      c52 = v.fma(b2, c52);
      v = FloatVector.broadcast(SPECIES, s[aAt + 6]);
      c60 = v.fma(b0, c60);
      c61 = v.fma(b1, c61);
      c62 = v.fma(b2, c62);
      v = FloatVector.broadcast(SPECIES, s[aAt + 7]);
      c70 = v.fma(b0, c70);
      c71 = v.fma(b1, c71);
      c72 = v.fma(b2, c72);
      aAt += aStep;
      bAt += COLUMNS;
    }
    c00.intoArray(s, at);
    c01.intoArray(s, at + LANES);
    c02.intoArray(s, at + 2 * LANES);
    c10.intoArray(s, at + stride);
    c11.intoArray(s, at + stride + LANES);
    c12.intoArray(s, at + stride + 2 * LANES);
    c20.intoArray(s, at + 2 * stride);
    c21.intoArray(s, at + 2 * stride + LANES);
    c22.intoArray(s, at + 2 * stride + 2 * LANES);
    c30.intoArray(s, at + 3 * stride);
    c31.intoArray(s, at + 3 * stride + LANES);
    c32.intoArray(s, at + 3 * stride + 2 * LANES);
    c40.intoArray(s, at + 4 * stride);
    c41.intoArray(s, at + 4 * stride + LANES);
    c42.intoArray(s, at + 4 * stride + 2 * LANES);
    c50.intoArray(s, at + 5 * stride);
    c51.intoArray(s, at + 5 * stride + LANES);
    c52.intoArray(s, at + 5 * stride + 2 * LANES);
    c60.intoArray(s, at + 6 * stride);
    c61.intoArray(s, at + 6 * stride + LANES);
    c62.intoArray(s, at + 6 * stride + 2 * LANES);
    c70.intoArray(s, at + 7 * stride);
    c71.intoArray(s, at + 7 * stride + LANES);
    c72.intoArray(s, at + 7 * stride + 2 * LANES);
  }
}
