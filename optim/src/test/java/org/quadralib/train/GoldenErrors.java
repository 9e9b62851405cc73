package org.quadralib.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.quadralib.tensor.Tensor;

/**
 * Collects how far a run is from its reference. A tensor's error is its largest difference relative
 * to the largest element of the reference: float32 cannot hold the small elements of a sum of large
 * terms any better.
 */
final class GoldenErrors {
  /** Below this a reference is zero but for the rounding of float64. */
  private static final double ZERO = 1e-12;

  private final String title;
  private final List<String> tooLarge = new ArrayList<>();
  private final Map<String, Double> largest = new TreeMap<>();

  GoldenErrors(String title) {
    this.title = title;
  }

  void compare(String name, Tensor actual, Tensor expected, double tolerance) {
    note(name, name, difference(actual, expected) / largest(expected), tolerance);
  }

  void compareLoss(int step, double actual, double expected, double tolerance) {
    String name = "loss " + step;
    note(name, name, Math.abs(actual - expected) / Math.abs(expected), tolerance);
  }

  /**
   * Compares the gradients of a step. A constant that a normalisation takes away again has no
   * gradient; what rounding leaves of it is compared with the largest gradient of the network.
   */
  void compareGradients(
      int step, Map<String, Tensor> gradients, Map<String, Tensor> expected, double tolerance) {
    assertEquals(expected.keySet(), gradients.keySet());
    double largestOfAll =
        expected.values().stream().mapToDouble(GoldenErrors::largest).max().orElseThrow();
    expected.forEach(
        (name, reference) -> {
          double own = largest(reference);
          boolean zero = own < ZERO;
          double error = difference(gradients.get(name), reference) / (zero ? largestOfAll : own);
          String kind = zero ? "zero gradients of step " : "gradients of step ";
          note(kind + step, "gradient of " + name + " in step " + step, error, tolerance);
        });
  }

  /** Prints the largest errors and fails if any is too large. */
  void report() {
    largest.forEach(
        (kind, error) -> System.out.printf("golden training, %s: %s %.1e%n", title, kind, error));
    assertTrue(tooLarge.isEmpty(), () -> String.join("\n", tooLarge));
  }

  private void note(String kind, String name, double error, double allowed) {
    largest.merge(kind, error, Math::max);
    // Not "error > allowed": NaN is too large.
    if (!(error <= allowed)) {
      tooLarge.add("%s: relative error %.2e".formatted(name, error));
    }
  }

  /** The largest magnitude. */
  static double largest(Tensor tensor) {
    double most = 0;
    for (long i = 0; i < tensor.elements(); i++) {
      most = Math.max(most, Math.abs(tensor.get(i)));
    }
    return most;
  }

  private static double difference(Tensor actual, Tensor expected) {
    assertEquals(expected.shape(), actual.shape());
    double most = 0;
    for (long i = 0; i < expected.elements(); i++) {
      double difference = Math.abs(actual.get(i) - expected.get(i));
      most = Double.isNaN(difference) ? Double.NaN : Math.max(most, difference);
    }
    return most;
  }
}
