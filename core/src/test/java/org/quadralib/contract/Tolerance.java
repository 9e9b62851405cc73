package org.quadralib.contract;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.quadralib.backend.scalar.ScalarBackend;
import org.quadralib.graph.Graph;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.Conv2d;
import org.quadralib.graph.op.Conv2dInputGradient;
import org.quadralib.graph.op.Conv2dWeightGradient;
import org.quadralib.lowering.Lowering;

/** Turns the bound of a case into an allowed error for each element of each result. */
final class Tolerance {
  private static final double MOST_ROOTS = 32;

  private Tolerance() {}

  /**
   * Allowed errors by result.
   *
   * @param graph the case in double precision
   * @param reference its results
   * @param winograd whether convolutions may mix the neighbours of a pixel into its rounding errors
   */
  static Map<String, double[]> of(
      Bound bound,
      Graph graph,
      Map<String, float[]> feeds,
      Map<String, double[]> reference,
      boolean winograd) {
    Graph written = Lowering.lower(graph, composite -> false);
    Map<String, double[]> tolerances = new HashMap<>();
    switch (bound) {
      case Bound.Exact exact ->
          reference.forEach((name, ref) -> tolerances.put(name, new double[ref.length]));
      case Bound.Relative relative ->
          reference.forEach((name, ref) -> tolerances.put(name, relative(relative, ref)));
      case Bound.Accumulated accumulated -> {
        Map<String, Long> terms = Accumulation.of(written);
        Map<String, double[]> magnitudes =
            Majorant.of(written)
                .map(majorant -> sumsOfTerms(majorant, feeds))
                .orElseGet(() -> largest(reference, accumulated.cancelling()));
        if (winograd && convolves(written)) {
          magnitudes.replaceAll((name, values) -> spread(values, peak(values)));
        }
        reference.forEach(
            (name, ref) -> {
              double roots = Math.min(Math.sqrt(terms.getOrDefault(name, 1L)), MOST_ROOTS);
              double unit = Bound.UNIT * (8 + 4 * roots);
              tolerances.put(
                  name,
                  Arrays.stream(magnitudes.get(name))
                      .map(magnitude -> accumulated.condition() * unit * magnitude)
                      .toArray());
            });
      }
    }
    return tolerances;
  }

  private static double[] relative(Bound.Relative bound, double[] reference) {
    return Arrays.stream(reference)
        .map(
            ref ->
                Math.max(
                    Float.MIN_NORMAL,
                    bound.roundings() * Bound.UNIT * Math.max(Math.abs(ref), bound.floor())))
        .toArray();
  }

  /** {@code Σ|terms|} for each element. */
  private static Map<String, double[]> sumsOfTerms(Graph majorant, Map<String, float[]> feeds) {
    Map<String, float[]> absolute = new HashMap<>();
    for (Value input : majorant.inputs()) {
      float[] values = feeds.get(input.name()).clone();
      for (int i = 0; i < values.length && input.type().dtype().isFloating(); i++) {
        values[i] = Math.abs(values[i]);
      }
      absolute.put(input.name(), values);
    }
    return CaseRun.once(new ScalarBackend(), majorant, absolute);
  }

  /**
   * Twice the largest result (1 if all are 0), for all elements: what stands for the terms where
   * they are not known.
   *
   * @param ofAll whether terms may cancel, in some results even to zero, so that only the largest
   *     of all results tells how large they were
   */
  private static Map<String, double[]> largest(Map<String, double[]> reference, boolean ofAll) {
    double most = reference.values().stream().mapToDouble(Tolerance::peak).max().orElse(0);
    Map<String, double[]> result = new HashMap<>(reference);
    result.replaceAll(
        (name, values) -> {
          double peak = ofAll ? most : peak(values);
          return spread(values, peak == 0 ? 1 : 2 * peak);
        });
    return result;
  }

  private static boolean convolves(Graph graph) {
    return graph.nodes().stream()
        .anyMatch(
            node ->
                switch (node.op()) {
                  case Conv2d op -> true;
                  case Conv2dInputGradient op -> true;
                  case Conv2dWeightGradient op -> true;
                  default -> false;
                });
  }

  private static double peak(double[] values) {
    return Arrays.stream(values).map(Math::abs).filter(Double::isFinite).max().orElse(0);
  }

  private static double[] spread(double[] like, double value) {
    double[] result = new double[like.length];
    Arrays.fill(result, value);
    return result;
  }
}
