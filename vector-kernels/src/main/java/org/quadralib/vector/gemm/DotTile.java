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
    add(c00, s, at);
    add(c01, s, at + LANES);
    add(c02, s, at + 2 * LANES);
    add(c10, s, at + stride);
    add(c11, s, at + stride + LANES);
    add(c12, s, at + stride + 2 * LANES);
    add(c20, s, at + 2 * stride);
    add(c21, s, at + 2 * stride + LANES);
    add(c22, s, at + 2 * stride + 2 * LANES);
  }

  private static void add(FloatVector u, float[] s, int at) {
    u.add(FloatVector.fromArray(SPECIES, s, at)).intoArray(s, at);
  }
}
