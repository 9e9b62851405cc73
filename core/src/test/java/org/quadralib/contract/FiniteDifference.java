package org.quadralib.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.quadralib.backend.ExecutionListener;
import org.quadralib.backend.scalar.ScalarBackend;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Tensor;

/**
 * Checks the gradients of a case, in double precision, against central differences of {@code L = Σ
 * u·y}, a random projection of all its results: along a random direction for each variable, and for
 * some single elements, which tells where an error is.
 */
final class FiniteDifference {
  /**
   * The error of a central difference is {@code O(STEP²)}, its rounding error {@code O(1/STEP)}.
   */
  private static final double STEP = 0x1p-17;

  private static final double RELATIVE = 1e-6;
  private static final int SAMPLES = 6;

  /** With more elements than this only directions are tried. */
  private static final int FEW = 5000;

  private final CaseRun run;
  private final Map<String, float[]> feeds;
  private final List<String> upstream;

  private FiniteDifference(CaseRun run, Map<String, float[]> feeds, List<String> upstream) {
    this.run = run;
    this.feeds = feeds;
    this.upstream = upstream;
  }

  /** Fails with the worst variable if a gradient of the case is wrong. */
  static void check(ContractCase contractCase) {
    var forward = CaseGraph.trace(contractCase.graph(), DType.FLOAT64);
    var backward = CaseGraph.trace(contractCase.gradient().graph(), DType.FLOAT64);
    Map<String, float[]> feeds = Seed.feeds(contractCase, backward);
    Map<String, double[]> gradients = CaseRun.once(new ScalarBackend(), backward.graph(), feeds);
    List<String> variables = forward.variables();
    List<String> upstream =
        backward.variables().subList(variables.size(), backward.variables().size());
    assertEquals(forward.graph().outputs().size(), upstream.size(), "upstream gradients");
    try (CaseRun run = new CaseRun(new ScalarBackend(), forward.graph())) {
      FiniteDifference check = new FiniteDifference(run, feeds, upstream);
      run.run(feeds);
      for (int i = 0; i < variables.size(); i++) {
        Random random = Seed.random(contractCase.title() + variables.get(i));
        check.variable(variables.get(i), gradients.get("y" + i), random);
      }
    }
  }

  private void variable(String name, double[] gradient, Random random) {
    int count = gradient.length;
    double norm = Math.sqrt(Arrays.stream(gradient).map(g -> g * g).sum());
    boolean[] up = new boolean[count];
    double along = 0;
    for (int i = 0; i < count; i++) {
      up[i] = random.nextBoolean();
      along += up[i] ? gradient[i] : -gradient[i];
    }
    compare(name + " along a random direction", along, norm, step -> move(name, up, step));
    int total = feeds.values().stream().mapToInt(values -> values.length).sum();
    for (int sample = 0; sample < Math.min(SAMPLES, count) && total < FEW; sample++) {
      int at = count <= SAMPLES ? sample : random.nextInt(count);
      float value = feeds.get(name)[at];
      compare(
          name + "[" + at + "]", gradient[at], norm, step -> run.input(name).set(at, value + step));
    }
  }

  private void compare(String where, double gradient, double norm, Consumer<Double> moveTo) {
    moveTo.accept(STEP);
    double[] above = loss();
    moveTo.accept(-STEP);
    double[] below = loss();
    moveTo.accept(0.0);
    double difference = (above[0] - below[0]) / (2 * STEP);
    double rounding = 8 * Math.ulp(1.0) * (above[1] + 1) / STEP;
    double error = Math.abs(difference - gradient);
    assertTrue(
        error <= RELATIVE * norm + rounding,
        () ->
            "d/d%s is %s, but finite differences give %s (norm of the gradient %.3g); %s"
                .formatted(where, gradient, difference, norm, Seed.hint()));
  }

  private void move(String name, boolean[] up, double step) {
    float[] values = feeds.get(name);
    Tensor tensor = run.input(name);
    for (int i = 0; i < values.length; i++) {
      tensor.set(i, values[i] + (up[i] ? step : -step));
    }
  }

  /** {@code Σ u·y} and {@code Σ |u·y|}. */
  private double[] loss() {
    Map<String, double[]> results = run.results(ExecutionListener.NONE);
    double sum = 0;
    double magnitude = 0;
    for (int i = 0; i < upstream.size(); i++) {
      double[] y = results.get("y" + i);
      float[] u = feeds.get(upstream.get(i));
      for (int j = 0; j < y.length; j++) {
        sum += u[j] * y[j];
        magnitude += Math.abs(u[j] * y[j]);
      }
    }
    return new double[] {sum, magnitude};
  }
}
