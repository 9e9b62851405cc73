package org.quadralib.vector.gemm;

import static org.quadralib.vector.gemm.Tile.LANES;
import static org.quadralib.vector.gemm.Tile.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * Inner loop of dot products: 3 × 3 sums of products of vectors, {@code c[i][j] (+)= Σ_v g_i[v] ∘
 * x_j[v]}, each a vector whose lanes the caller adds. Operands lie in one heap array, for the
 * reason given in {@link TileKernels}.
 */
public final class DotTile {

  /** Rows and columns of the tile: nine accumulators. */
  public static final int EDGE = 3;

  private DotTile() {}

  /**
   * One tile.
   *
   * @param vectors length of the dot products
   * @param g0 where the first left operand begins; its vectors follow each other
   * @param g1 where the second begins
   * @param g2 where the third begins
   * @param base added to all offsets of the right operands
   * @param rowAt offset of each right operand; three of them are used, from {@code row}
   * @param index offset of each vector of a right operand
   * @param at where the sums begin: a vector for each column
   * @param stride floats from row to row of the sums
   * @param add whether the products are added to what the sums hold
   */
  public static void apply(
      int vectors,
      float[] s,
      int g0,
      int g1,
      int g2,
      int base,
      int[] rowAt,
      int row,
      int[] index,
      int at,
      int stride,
      boolean add) {
    if (!add) {
      Tile.clear(s, at, stride, 3, 3 * LANES);
    }
    tile(
        vectors,
        s,
        g0,
        g1,
        g2,
        base + rowAt[row],
        base + rowAt[row + 1],
        base + rowAt[row + 2],
        index,
        at,
        stride);
  }

  private static void tile(
      int vectors,
      float[] s,
      int g0,
      int g1,
      int g2,
      int x0,
      int x1,
      int x2,
      int[] index,
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
    for (int v = 0; v < vectors; v++) {
      int offset = index[v];
      FloatVector b0 = FloatVector.fromArray(SPECIES, s, x0 + offset);
      FloatVector b1 = FloatVector.fromArray(SPECIES, s, x1 + offset);
      FloatVector b2 = FloatVector.fromArray(SPECIES, s, x2 + offset);
      FloatVector a = FloatVector.fromArray(SPECIES, s, g0 + v * LANES);
      c00 = a.fma(b0, c00);
      c01 = a.fma(b1, c01);
      c02 = a.fma(b2, c02);
      a = FloatVector.fromArray(SPECIES, s, g1 + v * LANES);
      c10 = a.fma(b0, c10);
      c11 = a.fma(b1, c11);
      c12 = a.fma(b2, c12);
      a = FloatVector.fromArray(SPECIES, s, g2 + v * LANES);
      c20 = a.fma(b0, c20);
      c21 = a.fma(b1, c21);
      c22 = a.fma(b2, c22);
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
  }
}
