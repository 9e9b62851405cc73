package org.quadralib.vector.gemm;

import static org.quadralib.vector.gemm.Tile.COLUMNS;
import static org.quadralib.vector.gemm.Tile.LANES;
import static org.quadralib.vector.gemm.Tile.SPECIES;
import static org.quadralib.vector.gemm.Tile.TALL;

import jdk.incubator.vector.FloatVector;

/**
 * The register tile of a plane of 2 × 2 pixels under 3 × 3 taps: rows are the four pixels of one or
 * two channels, columns are images. Written as {@link TileKernels} are, for the same reasons.
 */
public final class SquaresTile {

  private SquaresTile() {}

  /**
   * Tile of which four rows each are read at {@code index[p] + {0, 1, 3, 4}}, the upper left square
   * of 3 × 3 taps: from {@code aAt} for the first four, from {@code aAt + aNext} for the others, if
   * a tile has eight rows. The sums are overwritten.
   *
   * @param index one offset per step of the depth
   * @param bAt where the right panel begins, COLUMNS values per step of the depth
   * @param stride from row to row of the sums; may be negative
   */
  public static void apply(
      int depth, float[] s, int aAt, int aNext, int[] index, int bAt, int at, int stride) {
    if (TALL) {
      eightRows(depth, s, aAt, aNext, index, bAt, at, stride);
    } else {
      fourRows(depth, s, aAt, index, bAt, at, stride);
    }
  }

  static void eightRows(
      int depth, float[] s, int aAt, int aNext, int[] index, int bAt, int at, int stride) {
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
      int next = a + aNext;
      int b = bAt + p * COLUMNS;
      FloatVector b0 = FloatVector.fromArray(SPECIES, s, b);
      FloatVector b1 = FloatVector.fromArray(SPECIES, s, b + LANES);
      FloatVector v = FloatVector.broadcast(SPECIES, s[a]);
      c00 = v.fma(b0, c00);
      c01 = v.fma(b1, c01);
      v = FloatVector.broadcast(SPECIES, s[a + 1]);
      c10 = v.fma(b0, c10);
      c11 = v.fma(b1, c11);
      v = FloatVector.broadcast(SPECIES, s[a + 3]);
      c20 = v.fma(b0, c20);
      c21 = v.fma(b1, c21);
      v = FloatVector.broadcast(SPECIES, s[a + 4]);
      c30 = v.fma(b0, c30);
      c31 = v.fma(b1, c31);
      v = FloatVector.broadcast(SPECIES, s[next]);
      c40 = v.fma(b0, c40);
      c41 = v.fma(b1, c41);
      v = FloatVector.broadcast(SPECIES, s[next + 1]);
      c50 = v.fma(b0, c50);
      c51 = v.fma(b1, c51);
      v = FloatVector.broadcast(SPECIES, s[next + 3]);
      c60 = v.fma(b0, c60);
      c61 = v.fma(b1, c61);
      v = FloatVector.broadcast(SPECIES, s[next + 4]);
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

  static void fourRows(int depth, float[] s, int aAt, int[] index, int bAt, int at, int stride) {
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
      int b = bAt + p * COLUMNS;
      FloatVector b0 = FloatVector.fromArray(SPECIES, s, b);
      FloatVector b1 = FloatVector.fromArray(SPECIES, s, b + LANES);
      FloatVector v = FloatVector.broadcast(SPECIES, s[a]);
      c00 = v.fma(b0, c00);
      c01 = v.fma(b1, c01);
      v = FloatVector.broadcast(SPECIES, s[a + 1]);
      c10 = v.fma(b0, c10);
      c11 = v.fma(b1, c11);
      v = FloatVector.broadcast(SPECIES, s[a + 3]);
      c20 = v.fma(b0, c20);
      c21 = v.fma(b1, c21);
      v = FloatVector.broadcast(SPECIES, s[a + 4]);
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
}
