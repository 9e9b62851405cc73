package org.quadralib.bench.versus;

/** Whether two contestants compute the same. */
public final class Agreement {
  /** Largest difference, relative to the largest number, that rounding explains. */
  public static final double TOLERANCE = 1e-3;

  private Agreement() {}

  /**
   * Compares results.
   *
   * @return the largest difference, relative to the largest number
   * @throws IllegalStateException if it is more than rounding explains, or not a number
   */
  public static double require(String what, String other, float[] expected, float[] actual) {
    double difference = difference(expected, actual);
    if (!(difference <= TOLERANCE)) { // so that a NaN fails
      throw new IllegalStateException(
          "%s of the library and of %s differ by %.2g, relative to the largest; they do not compute the same"
              .formatted(what, other, difference));
    }
    return difference;
  }

  private static double difference(float[] expected, float[] actual) {
    if (expected.length != actual.length) {
      throw new IllegalStateException(
          "%d results against %d: they do not compute the same"
              .formatted(expected.length, actual.length));
    }
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      difference = Math.max(difference, Math.abs((double) expected[i] - actual[i]));
    }
    return largest == 0 ? difference : difference / largest;
  }

  /** The numbers of a result that are compared. */
  public static float[] sample(float[] values) {
    int stride = Math.toIntExact(Contestant.stride(values.length));
    float[] sample = new float[(values.length + stride - 1) / stride];
    for (int i = 0; i < sample.length; i++) {
      sample[i] = values[i * stride];
    }
    return sample;
  }
}
