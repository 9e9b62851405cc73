package org.quadralib.chart;

import java.util.Arrays;
import java.util.List;

/**
 * A curve of a chart.
 *
 * @param x positions
 * @param y one value for each; NaN and infinities are gaps
 * @param labels one for each point, written beside it in pages; empty for none
 */
public record Series(String name, double[] x, double[] y, List<String> labels) {
  /** Checks that there are as many values, and labels if any, as positions. */
  public Series {
    if (x.length != y.length) {
      throw new IllegalArgumentException(
          "the curve '%s' has %d positions and %d values".formatted(name, x.length, y.length));
    }
    if (!labels.isEmpty() && labels.size() != x.length) {
      throw new IllegalArgumentException(
          "the curve '%s' has %d positions and %d labels".formatted(name, x.length, labels.size()));
    }
    labels = List.copyOf(labels);
  }

  /** A curve whose points have no labels. */
  public Series(String name, double[] x, double[] y) {
    this(name, x, y, List.of());
  }

  /** A curve over 1, 2, 3, …. */
  public static Series counted(String name, double... y) {
    double[] x = new double[y.length];
    Arrays.setAll(x, i -> i + 1);
    return new Series(name, x, y);
  }
}
