package org.quadralib.contract;

import java.util.ArrayList;
import java.util.List;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.BatchNormGradient;
import org.quadralib.graph.op.BatchNormalize;
import org.quadralib.graph.op.BatchStatistics;

/** Batch normalisation, in training and in evaluation. */
final class NormalizationCases {
  private static final double EPSILON = 1e-5;

  private static final int[][] SHAPES = {
    {7, 1},
    {9, 5},
    {16, 17},
    {6, 33},
    {5, 3, 7},
    {2, 3, 2, 3},
    {3, 5, 1, 7},
    {2, 8, 4, 4},
    {1, 17, 3, 5},
    {2, 4, 9, 15},
    {5, 12, 17, 13},
    // Longer than the pieces that sums are cut into: many rows, many channels, large images.
    {131, 5},
    {67, 261},
    {2, 3, 67, 65}
  };

  private NormalizationCases() {}

  static List<ContractCase> all() {
    List<ContractCase> cases = new ArrayList<>();
    for (int[] shape : SHAPES) {
      add(cases, ElementwiseCases.dims(shape), Values.normal(0.5, 1.5), 4, shape);
    }
    // Σx²/m − mean² would lose everything here.
    add(cases, "far from zero", Values.normal(-500, 2), 50, 4, 3, 6, 5);
    cases.add(
        ContractCase.plain(
            BatchStatistics.class,
            "one element",
            Bound.accumulated(),
            g -> g.output(new BatchStatistics(), g.constant(Values.NORMAL, 1, 3, 1, 1))));
    return cases;
  }

  private static void add(
      List<ContractCase> cases, String name, Values values, double condition, int... shape) {
    int channels = shape[1];
    Bound bound = new Bound.Accumulated(condition, false);
    cases.add(
        ContractCase.smooth(
            BatchStatistics.class,
            name,
            bound,
            g -> g.output(new BatchStatistics(), g.variable(values, shape))));
    cases.add(
        ContractCase.once(
            BatchNormalize.class,
            name + " of the batch",
            bound,
            g -> {
              Value x = g.variable(values, shape);
              List<Value> statistics = g.applyAll(new BatchStatistics(), List.of(x));
              g.output(
                  new BatchNormalize(EPSILON, true),
                  x,
                  statistics.get(0),
                  statistics.get(1),
                  g.variable(channels),
                  g.variable(channels));
            }));
    cases.add(
        ContractCase.smooth(
            BatchNormalize.class,
            name + " with constants",
            bound,
            g ->
                g.output(
                    new BatchNormalize(EPSILON, false),
                    g.variable(values, shape),
                    g.constant(values, channels),
                    g.constant(Values.POSITIVE, channels),
                    g.variable(channels),
                    g.variable(channels))));
    cases.add(
        ContractCase.plain(
            BatchNormGradient.class,
            name,
            bound,
            g ->
                g.output(
                    new BatchNormGradient(EPSILON),
                    g.constant(Values.NORMAL, shape),
                    g.constant(values, shape),
                    g.constant(values, channels),
                    g.constant(Values.POSITIVE, channels),
                    g.constant(Values.NORMAL, channels))));
  }
}
