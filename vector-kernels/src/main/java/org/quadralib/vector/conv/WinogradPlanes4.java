package org.quadralib.vector.conv;

import static org.quadralib.vector.gemm.Tile.LANES;
import static org.quadralib.vector.gemm.Tile.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * F(4, 3) from the points 0, 1, −1, 2, −2 and infinity: its transforms of tiles, along both axes in
 * one call, because a call takes as long as some lines.
 *
 * <p>Each is spelled out in one method. It is too large to be inlined, so its callers stay below
 * the compiler's limit, beyond which vectors are boxed; and what is left in it stays below as well.
 */
final class WinogradPlanes4 {
  private static final int EDGE = 4;
  private static final int SIZE = 6;

  // Constants rather than numbers: what converts them counts towards the limit of inlining.
  private static final FloatVector TWO = FloatVector.broadcast(SPECIES, 2);
  private static final FloatVector FOUR = FloatVector.broadcast(SPECIES, 4);
  private static final FloatVector MINUS_FOUR = FloatVector.broadcast(SPECIES, -4);
  private static final FloatVector MINUS_FIVE = FloatVector.broadcast(SPECIES, -5);
  private static final FloatVector EIGHT = FloatVector.broadcast(SPECIES, 8);

  private WinogradPlanes4() {}

  /** {@code Bᵀ d B}, as {@link WinogradTransform.Cut} says. */
  static void input(
      float[] s, int from, int columns, int half, int to, int pointStride, int tileStride, int n) {
    int step = columns * LANES;
    int at = half;
    for (int end = from + step; from < end; from += LANES) {
      FloatVector d0 = load(s, from);
      FloatVector d1 = load(s, from + step);
      FloatVector d2 = load(s, from + 2 * step);
      FloatVector d3 = load(s, from + 3 * step);
      FloatVector d4 = load(s, from + 4 * step);
      FloatVector d5 = load(s, from + 5 * step);
      FloatVector even1 = d2.fma(MINUS_FOUR, d4);
      FloatVector odd1 = d1.fma(MINUS_FOUR, d3);
      FloatVector even2 = d4.sub(d2);
      FloatVector odd2 = d3.sub(d1).mul(TWO);
      d0.fma(FOUR, d2.fma(MINUS_FIVE, d4)).intoArray(s, at);
      even1.add(odd1).intoArray(s, at + step);
      even1.sub(odd1).intoArray(s, at + 2 * step);
      even2.add(odd2).intoArray(s, at + 3 * step);
      even2.sub(odd2).intoArray(s, at + 4 * step);
      d1.fma(FOUR, d3.fma(MINUS_FIVE, d5)).intoArray(s, at + 5 * step);
      at += LANES;
    }
    for (int i = 0; i < SIZE; i++) {
      int row = half + i * step;
      int out = to + i * SIZE * pointStride;
      for (int t = 0; t < n; t++) {
        FloatVector d0 = load(s, row);
        FloatVector d1 = load(s, row + LANES);
        FloatVector d2 = load(s, row + 2 * LANES);
        FloatVector d3 = load(s, row + 3 * LANES);
        FloatVector d4 = load(s, row + 4 * LANES);
        FloatVector d5 = load(s, row + 5 * LANES);
        FloatVector even1 = d2.fma(MINUS_FOUR, d4);
        FloatVector odd1 = d1.fma(MINUS_FOUR, d3);
        FloatVector even2 = d4.sub(d2);
        FloatVector odd2 = d3.sub(d1).mul(TWO);
        d0.fma(FOUR, d2.fma(MINUS_FIVE, d4)).intoArray(s, out);
        even1.add(odd1).intoArray(s, out + pointStride);
        even1.sub(odd1).intoArray(s, out + 2 * pointStride);
        even2.add(odd2).intoArray(s, out + 3 * pointStride);
        even2.sub(odd2).intoArray(s, out + 4 * pointStride);
        d1.fma(FOUR, d3.fma(MINUS_FIVE, d5)).intoArray(s, out + 5 * pointStride);
        row += EDGE * LANES;
        out += tileStride;
      }
    }
  }

  /** {@code A g Aᵀ}, as {@link WinogradTransform.Cut} says. */
  static void outputGradient(
      float[] s, int from, int columns, int half, int to, int pointStride, int tileStride, int n) {
    int step = columns * LANES;
    int at = half;
    for (int end = from + step; from < end; from += LANES) {
      FloatVector d0 = load(s, from);
      FloatVector d1 = load(s, from + step);
      FloatVector d2 = load(s, from + 2 * step);
      FloatVector d3 = load(s, from + 3 * step);
      FloatVector even1 = d0.add(d2);
      FloatVector odd1 = d1.add(d3);
      FloatVector even2 = d2.fma(FOUR, d0);
      FloatVector odd2 = d3.fma(FOUR, d1).mul(TWO);
      d0.intoArray(s, at);
      even1.add(odd1).intoArray(s, at + step);
      even1.sub(odd1).intoArray(s, at + 2 * step);
      even2.add(odd2).intoArray(s, at + 3 * step);
      even2.sub(odd2).intoArray(s, at + 4 * step);
      d3.intoArray(s, at + 5 * step);
      at += LANES;
    }
    for (int i = 0; i < SIZE; i++) {
      int row = half + i * step;
      int out = to + i * SIZE * pointStride;
      for (int t = 0; t < n; t++) {
        FloatVector d0 = load(s, row);
        FloatVector d1 = load(s, row + LANES);
        FloatVector d2 = load(s, row + 2 * LANES);
        FloatVector d3 = load(s, row + 3 * LANES);
        FloatVector even1 = d0.add(d2);
        FloatVector odd1 = d1.add(d3);
        FloatVector even2 = d2.fma(FOUR, d0);
        FloatVector odd2 = d3.fma(FOUR, d1).mul(TWO);
        d0.intoArray(s, out);
        even1.add(odd1).intoArray(s, out + pointStride);
        even1.sub(odd1).intoArray(s, out + 2 * pointStride);
        even2.add(odd2).intoArray(s, out + 3 * pointStride);
        even2.sub(odd2).intoArray(s, out + 4 * pointStride);
        d3.intoArray(s, out + 5 * pointStride);
        row += EDGE * LANES;
        out += tileStride;
      }
    }
  }

  /** {@code Aᵀ m A}, as {@link WinogradTransform.Join} says. */
  static void output(
      float[] s, int from, int pointStride, int tileStride, int half, int to, int n) {
    int rowStride = n * EDGE * LANES;
    for (int t = 0; t < n; t++) {
      int point = from;
      for (int at = half; at < half + SIZE * EDGE * LANES; at += EDGE * LANES) {
        FloatVector d0 = load(s, point);
        FloatVector d1 = load(s, point + pointStride);
        FloatVector d2 = load(s, point + 2 * pointStride);
        FloatVector d3 = load(s, point + 3 * pointStride);
        FloatVector d4 = load(s, point + 4 * pointStride);
        FloatVector d5 = load(s, point + 5 * pointStride);
        FloatVector even1 = d1.add(d2);
        FloatVector odd1 = d1.sub(d2);
        FloatVector even2 = d3.add(d4);
        FloatVector odd2 = d3.sub(d4);
        d0.add(even1).add(even2).intoArray(s, at);
        odd2.fma(TWO, odd1).intoArray(s, at + LANES);
        even2.fma(FOUR, even1).intoArray(s, at + 2 * LANES);
        odd2.fma(EIGHT, odd1).add(d5).intoArray(s, at + 3 * LANES);
        point += SIZE * pointStride;
      }
      for (int j = 0; j < EDGE * LANES; j += LANES) {
        int at = half + j;
        FloatVector d0 = load(s, at);
        FloatVector d1 = load(s, at + EDGE * LANES);
        FloatVector d2 = load(s, at + 2 * EDGE * LANES);
        FloatVector d3 = load(s, at + 3 * EDGE * LANES);
        FloatVector d4 = load(s, at + 4 * EDGE * LANES);
        FloatVector d5 = load(s, at + 5 * EDGE * LANES);
        FloatVector even1 = d1.add(d2);
        FloatVector odd1 = d1.sub(d2);
        FloatVector even2 = d3.add(d4);
        FloatVector odd2 = d3.sub(d4);
        d0.add(even1).add(even2).intoArray(s, to + j);
        odd2.fma(TWO, odd1).intoArray(s, to + j + rowStride);
        even2.fma(FOUR, even1).intoArray(s, to + j + 2 * rowStride);
        odd2.fma(EIGHT, odd1).add(d5).intoArray(s, to + j + 3 * rowStride);
      }
      from += tileStride;
      to += EDGE * LANES;
    }
  }

  private static FloatVector load(float[] s, int at) {
    return FloatVector.fromArray(SPECIES, s, at);
  }
}
