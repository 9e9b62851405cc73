package org.quadralib.vector.gemm;

import static org.quadralib.vector.gemm.Tile.LANES;
import static org.quadralib.vector.gemm.Tile.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * The tile of {@link DotTile} with twice the rows, for machines with 32 registers: each vector that
 * is read takes part in more products.
 */
public final class TallDotTile {
  /** Rows of the tile. */
  public static final int ROWS = 2 * DotTile.EDGE;

  /** Floats of the sums of a tile, if they are packed. */
  public static final int FLOATS = ROWS * DotTile.EDGE * LANES;

  private TallDotTile() {}

  /** Whether there are registers for it. */
  public static boolean fits() {
    return Tile.TALL;
  }

  /**
   * One tile; the sums are overwritten.
   *
   * @param vectors length of the dot products
   * @param g where the first left operand begins; its vectors follow each other
   * @param gStride floats from one left operand to the next
   * @param base added to all offsets of the right operands
   * @param rowAt offset of each right operand; three of them are used, from {@code row}
   * @param index offset of each vector of a right operand
   * @param to where the sums begin: a vector for each column
   * @param stride floats from row to row of the sums
   */
  public static void apply(
      int vectors,
      float[] s,
      int g,
      int gStride,
      int base,
      int[] rowAt,
      int row,
      int[] index,
      int to,
      int stride) {
    tile(
        vectors,
        s,
        g,
        gStride,
        base + rowAt[row],
        base + rowAt[row + 1],
        base + rowAt[row + 2],
        index,
        to,
        stride);
  }

  private static void tile(
      int vectors,
      float[] s,
      int g0,
      int gStride,
      int x0,
      int x1,
      int x2,
      int[] index,
      int to,
      int stride) {
    int g1 = g0 + gStride;
    int g2 = g1 + gStride;
    int g3 = g2 + gStride;
    int g4 = g3 + gStride;
    int g5 = g4 + gStride;
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
    for (int v = 0; v < vectors; v++) {
      int offset = index[v];
      int at = v * LANES;
      FloatVector b0 = FloatVector.fromArray(SPECIES, s, x0 + offset);
      FloatVector b1 = FloatVector.fromArray(SPECIES, s, x1 + offset);
      FloatVector b2 = FloatVector.fromArray(SPECIES, s, x2 + offset);
      FloatVector a = FloatVector.fromArray(SPECIES, s, g0 + at);
      c00 = a.fma(b0, c00);
      c01 = a.fma(b1, c01);
      c02 = a.fma(b2, c02);
      a = FloatVector.fromArray(SPECIES, s, g1 + at);
      c10 = a.fma(b0, c10);
      c11 = a.fma(b1, c11);
      c12 = a.fma(b2, c12);
      a = FloatVector.fromArray(SPECIES, s, g2 + at);
      c20 = a.fma(b0, c20);
      c21 = a.fma(b1, c21);
      c22 = a.fma(b2, c22);
      a = FloatVector.fromArray(SPECIES, s, g3 + at);
      c30 = a.fma(b0, c30);
      c31 = a.fma(b1, c31);
      c32 = a.fma(b2, c32);
      a = FloatVector.fromArray(SPECIES, s, g4 + at);
      c40 = a.fma(b0, c40);
      c41 = a.fma(b1, c41);
      c42 = a.fma(b2, c42);
      a = FloatVector.fromArray(SPECIES, s, g5 + at);
      c50 = a.fma(b0, c50);
      c51 = a.fma(b1, c51);
      c52 = a.fma(b2, c52);
    }
    c00.intoArray(s, to);
    c01.intoArray(s, to + LANES);
    c02.intoArray(s, to + 2 * LANES);
    c10.intoArray(s, to + stride);
    c11.intoArray(s, to + stride + LANES);
    c12.intoArray(s, to + stride + 2 * LANES);
    c20.intoArray(s, to + 2 * stride);
    c21.intoArray(s, to + 2 * stride + LANES);
    c22.intoArray(s, to + 2 * stride + 2 * LANES);
    c30.intoArray(s, to + 3 * stride);
    c31.intoArray(s, to + 3 * stride + LANES);
    c32.intoArray(s, to + 3 * stride + 2 * LANES);
    c40.intoArray(s, to + 4 * stride);
    c41.intoArray(s, to + 4 * stride + LANES);
    c42.intoArray(s, to + 4 * stride + 2 * LANES);
    c50.intoArray(s, to + 5 * stride);
    c51.intoArray(s, to + 5 * stride + LANES);
    c52.intoArray(s, to + 5 * stride + 2 * LANES);
  }
}
