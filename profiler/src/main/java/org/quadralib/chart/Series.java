package org.quadralib.chart;

import java.util.Arrays;

/**
 * A curve of a chart.
 *
 * @param x positions
 * @param y one value for each; NaN and infinities are gaps
 */
public record Series(String name, double[] x, double[] y) {
  /** Checks that there are as many values as positions. */
  public Series {
    if (x.length != y.length) {
      throw new IllegalArgumentException(
          "the curve '%s' has %d positions and %d values".formatted(name, x.length, y.length));
    }
  }

  /** A curve over 1, 2, 3, …. */
  public static Series counted(String name, double... y) {
    double[] x = new double[y.length];
    Arrays.setAll(x, i -> i + 1);
    return new Series(name, x, y);
  }
}
