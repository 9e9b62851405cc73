package org.quadralib.contract;

import java.util.Map;
import java.util.TreeMap;

/**
 * A result beside its reference.
 *
 * @param worst largest error as a share of the allowed one; above 1 it is a failure
 * @param where the element with that error: its result, position, expected and actual value
 */
record Comparison(double worst, String where) {

  /** Compares all results; the reference is rounded to float first. */
  static Comparison of(
      Map<String, double[]> reference,
      Map<String, double[]> actual,
      Map<String, double[]> tolerances) {
    Comparison worst = new Comparison(0, "all elements are exact");
    for (var entry : new TreeMap<>(reference).entrySet()) {
      double[] expected = entry.getValue();
      double[] found = actual.get(entry.getKey());
      double[] allowed = tolerances.get(entry.getKey());
      if (found.length != expected.length) {
        return new Comparison(
            Double.POSITIVE_INFINITY,
            "%s has %d elements instead of %d"
                .formatted(entry.getKey(), found.length, expected.length));
      }
      for (int i = 0; i < expected.length; i++) {
        double share = share(expected[i], found[i], allowed[i]);
        if (share > worst.worst) {
          worst =
              new Comparison(
                  share,
                  "%s[%d]: expected %s, but was %s; allowed error %.3g, actual %.3g"
                      .formatted(
                          entry.getKey(),
                          i,
                          expected[i],
                          found[i],
                          allowed[i],
                          Math.abs(found[i] - expected[i])));
        }
      }
    }
    return worst;
  }

  private static double share(double expected, double actual, double allowed) {
    float rounded = (float) expected;
    if (Double.isNaN(rounded) || Float.isInfinite(rounded) || !Double.isFinite(actual)) {
      return Float.compare(rounded, (float) actual) == 0 ? 0 : Double.POSITIVE_INFINITY;
    }
    if (rounded == actual) {
      return 0;
    }
    return allowed == 0 ? Double.POSITIVE_INFINITY : Math.abs(expected - actual) / allowed;
  }
}
