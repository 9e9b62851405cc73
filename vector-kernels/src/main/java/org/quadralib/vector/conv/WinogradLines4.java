package org.quadralib.vector.conv;

import static org.quadralib.vector.gemm.Tile.SPECIES;

import jdk.incubator.vector.FloatVector;

/** F(4, 3) from the points 0, 1, −1, 2, −2 and infinity: its lines over filters. */
final class WinogradLines4 {
  // A constant rather than a number: what converts it counts towards the limit of inlining.
  private static final FloatVector FOUR = FloatVector.broadcast(SPECIES, 4);

  private WinogradLines4() {}

  static void filter(
      float[] s, int from, int fromStep, int fromNext, int to, int toStep, int toNext, int count) {
    for (int n = 0; n < count; n++) {
      FloatVector d0 = load(s, from);
      FloatVector d1 = load(s, from + fromStep);
      FloatVector d2 = load(s, from + 2 * fromStep);
      FloatVector even1 = d0.add(d2).mul(-1 / 6f);
      FloatVector odd1 = d1.mul(-1 / 6f);
      FloatVector even2 = d2.fma(FOUR, d0).mul(1 / 24f);
      FloatVector odd2 = d1.mul(1 / 12f);
      d0.mul(0.25f).intoArray(s, to);
      even1.add(odd1).intoArray(s, to + toStep);
      even1.sub(odd1).intoArray(s, to + 2 * toStep);
      even2.add(odd2).intoArray(s, to + 3 * toStep);
      even2.sub(odd2).intoArray(s, to + 4 * toStep);
      d2.intoArray(s, to + 5 * toStep);
      from += fromNext;
      to += toNext;
    }
  }

  static void filterGradient(
      float[] s, int from, int fromStep, int fromNext, int to, int toStep, int toNext, int count) {
    for (int n = 0; n < count; n++) {
      FloatVector d0 = load(s, from);
      FloatVector d1 = load(s, from + fromStep);
      FloatVector d2 = load(s, from + 2 * fromStep);
      FloatVector d3 = load(s, from + 3 * fromStep);
      FloatVector d4 = load(s, from + 4 * fromStep);
      FloatVector d5 = load(s, from + 5 * fromStep);
      FloatVector even1 = d1.add(d2).mul(-1 / 6f);
      FloatVector odd1 = d2.sub(d1);
      FloatVector even2 = d3.add(d4);
      FloatVector odd2 = d3.sub(d4);
      fma(d0, 0.25f, fma(even2, 1 / 24f, even1)).intoArray(s, to);
      fma(odd2, 0.5f, odd1).mul(1 / 6f).intoArray(s, to + toStep);
      fma(even2, 1 / 6f, even1).add(d5).intoArray(s, to + 2 * toStep);
      from += fromNext;
      to += toNext;
    }
  }

  private static FloatVector load(float[] s, int at) {
    return FloatVector.fromArray(SPECIES, s, at);
  }

  private static FloatVector fma(FloatVector a, float factor, FloatVector b) {
    return a.fma(FloatVector.broadcast(SPECIES, factor), b);
  }
}
