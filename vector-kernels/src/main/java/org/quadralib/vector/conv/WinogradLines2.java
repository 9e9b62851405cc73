package org.quadralib.vector.conv;

import static org.quadralib.vector.gemm.Tile.SPECIES;

import jdk.incubator.vector.FloatVector;

/** F(2, 3) from the points 0, 1, −1 and infinity. */
final class WinogradLines2 {
  private WinogradLines2() {}

  static void input(
      float[] s, int from, int fromStep, int fromNext, int to, int toStep, int toNext, int count) {
    for (int n = 0; n < count; n++) {
      FloatVector d0 = load(s, from);
      FloatVector d1 = load(s, from + fromStep);
      FloatVector d2 = load(s, from + 2 * fromStep);
      FloatVector d3 = load(s, from + 3 * fromStep);
      d0.sub(d2).intoArray(s, to);
      d1.add(d2).intoArray(s, to + toStep);
      d2.sub(d1).intoArray(s, to + 2 * toStep);
      d1.sub(d3).intoArray(s, to + 3 * toStep);
      from += fromNext;
      to += toNext;
    }
  }

  static void filter(
      float[] s, int from, int fromStep, int fromNext, int to, int toStep, int toNext, int count) {
    for (int n = 0; n < count; n++) {
      FloatVector d0 = load(s, from);
      FloatVector d1 = load(s, from + fromStep);
      FloatVector d2 = load(s, from + 2 * fromStep);
      FloatVector even = d0.add(d2).mul(0.5f);
      FloatVector odd = d1.mul(0.5f);
      d0.intoArray(s, to);
      even.add(odd).intoArray(s, to + toStep);
      even.sub(odd).intoArray(s, to + 2 * toStep);
      d2.intoArray(s, to + 3 * toStep);
      from += fromNext;
      to += toNext;
    }
  }

  static void output(
      float[] s, int from, int fromStep, int fromNext, int to, int toStep, int toNext, int count) {
    for (int n = 0; n < count; n++) {
      FloatVector d0 = load(s, from);
      FloatVector d1 = load(s, from + fromStep);
      FloatVector d2 = load(s, from + 2 * fromStep);
      FloatVector d3 = load(s, from + 3 * fromStep);
      d0.add(d1).add(d2).intoArray(s, to);
      d1.sub(d2).sub(d3).intoArray(s, to + toStep);
      from += fromNext;
      to += toNext;
    }
  }

  static void outputGradient(
      float[] s, int from, int fromStep, int fromNext, int to, int toStep, int toNext, int count) {
    for (int n = 0; n < count; n++) {
      FloatVector d0 = load(s, from);
      FloatVector d1 = load(s, from + fromStep);
      d0.intoArray(s, to);
      d0.add(d1).intoArray(s, to + toStep);
      d0.sub(d1).intoArray(s, to + 2 * toStep);
      d1.neg().intoArray(s, to + 3 * toStep);
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
      FloatVector even = d1.add(d2).mul(0.5f);
      d0.add(even).intoArray(s, to);
      d1.sub(d2).mul(0.5f).intoArray(s, to + toStep);
      even.add(d3).intoArray(s, to + 2 * toStep);
      from += fromNext;
      to += toNext;
    }
  }

  private static FloatVector load(float[] s, int at) {
    return FloatVector.fromArray(SPECIES, s, at);
  }
}
