package org.quadralib.bench.versus;

import java.util.Arrays;

/** The middle of repeated measurements and the range that holds half of them. */
public record Quartiles(double first, double median, double third) {
  /**
   * Of at least one number; between two numbers it interpolates linearly.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static Quartiles of(double[] values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("there are no quartiles of nothing");
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return new Quartiles(quantile(sorted, 0.25), quantile(sorted, 0.5), quantile(sorted, 0.75));
  }

  /**
   * Of the ratios of measurements taken side by side.
   *
   * @param above the numerators
   * @param below the denominators, as many
   */
  public static Quartiles ofRatios(double[] above, double[] below) {
    double[] ratios = new double[above.length];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = above[i] / below[i];
    }
    return of(ratios);
  }

  private static double quantile(double[] sorted, double fraction) {
    double position = fraction * (sorted.length - 1);
    int below = (int) position;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
  }
}
