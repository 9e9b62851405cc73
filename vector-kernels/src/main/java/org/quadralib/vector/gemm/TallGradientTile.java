package org.quadralib.vector.gemm;

import static org.quadralib.vector.gemm.Tile.GRADIENT_COLUMNS;
import static org.quadralib.vector.gemm.Tile.GRADIENT_ROWS;
import static org.quadralib.vector.gemm.Tile.LANES;
import static org.quadralib.vector.gemm.Tile.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * The tile of {@link TileKernels#gathered} with twice the rows, for machines with 32 registers:
 * each vector of the right panel that is read takes part in more products.
 */
public final class TallGradientTile {
  /** Rows of the tile. */
  public static final int ROWS = 2 * GRADIENT_ROWS;

  /** Floats of the sums of a tile, if they are packed. */
  public static final int FLOATS = ROWS * GRADIENT_COLUMNS;

  private TallGradientTile() {}

  /** Whether there are registers for it. */
  public static boolean fits() {
    return Tile.TALL;
  }

  /**
   * One tile; the sums are overwritten.
   *
   * @param rowAt offset of each row; those from {@code row} on are used
   * @param index one offset per step of the depth
   * @param bAt where the right panel begins, GRADIENT_COLUMNS values per step of the depth
   */
  public static void apply(
      int depth,
      float[] s,
      int[] rowAt,
      int row,
      int base,
      int[] index,
      int bAt,
      int to,
      int stride) {
    tile(
        depth,
        s,
        base + rowAt[row],
        base + rowAt[row + 1],
        base + rowAt[row + 2],
        base + rowAt[row + 3],
        base + rowAt[row + 4],
        base + rowAt[row + 5],
        index,
        bAt,
        to,
        stride);
  }

  private static void tile(
      int depth,
      float[] s,
      int a0,
      int a1,
      int a2,
      int a3,
      int a4,
      int a5,
      int[] index,
      int bAt,
      int to,
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
    FloatVector c30 = zero;
    FloatVector c31 = zero;
    FloatVector c32 = zero;
    FloatVector c40 = zero;
    FloatVector c41 = zero;
    FloatVector c42 = zero;
    FloatVector c50 = zero;
    FloatVector c51 = zero;
    FloatVector c52 = zero;
    for (int p = 0; p < depth; p++) {
      int offset = index[p];
      FloatVector b0 = FloatVector.fromArray(SPECIES, s, bAt);
      FloatVector b1 = FloatVector.fromArray(SPECIES, s, bAt + LANES);
      FloatVector b2 = FloatVector.fromArray(SPECIES, s, bAt + 2 * LANES);
      FloatVector v = FloatVector.broadcast(SPECIES, s[a0 + offset]);
      c00 = v.fma(b0, c00);
      c01 = v.fma(b1, c01);
      c02 = v.fma(b2, c02);
      v = FloatVector.broadcast(SPECIES, s[a1 + offset]);
      c10 = v.fma(b0, c10);
      c11 = v.fma(b1, c11);
      c12 = v.fma(b2, c12);
      v = FloatVector.broadcast(SPECIES, s[a2 + offset]);
      c20 = v.fma(b0, c20);
      c21 = v.fma(b1, c21);
      c22 = v.fma(b2, c22);
      v = FloatVector.broadcast(SPECIES, s[a3 + offset]);
      c30 = v.fma(b0, c30);
      c31 = v.fma(b1, c31);
      c32 = v.fma(b2, c32);
      v = FloatVector.broadcast(SPECIES, s[a4 + offset]);
      c40 = v.fma(b0, c40);
      c41 = v.fma(b1, c41);
      c42 = v.fma(b2, c42);
      v = FloatVector.broadcast(SPECIES, s[a5 + offset]);
      c50 = v.fma(b0, c50);
      c51 = v.fma(b1, c51);
      c52 = v.fma(b2, c52);
      bAt += GRADIENT_COLUMNS;
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
