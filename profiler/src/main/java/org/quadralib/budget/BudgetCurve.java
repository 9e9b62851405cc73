package org.quadralib.budget;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.quadralib.layers.Model;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Tensor;
import org.quadralib.train.TrainingStep;

/**
 * Time against memory, measured: what the optimizer chooses for budgets from the least to the most
 * that a step can use, and how long the steps take.
 *
 * @param points the smallest budget first
 */
public record BudgetCurve(List<Point> points) {
  private static final int WARM_UP = 3;

  /** Copies the points. */
  public BudgetCurve {
    points = List.copyOf(points);
  }

  /**
   * One budget.
   *
   * @param budgetBytes what a step may hold
   * @param peakBytes what it holds, planned and held
   * @param savedBytes kept from the forward for the backward pass
   * @param predictedMillis by the costs of the layers
   * @param millis median of the measured steps
   */
  public record Point(
      long budgetBytes,
      long peakBytes,
      long savedBytes,
      double predictedMillis,
      double millis,
      BackpropChoice choice) {}

  /**
   * Measures by turns: each round runs one step for each budget, so that what disturbs one disturbs
   * all.
   *
   * @param count of budgets, at least 2
   */
  public static BudgetCurve measure(
      Steps steps, int batch, QuadraticOptimizer optimizer, int count, int rounds) {
    List<Run> runs = new ArrayList<>();
    try {
      long least = optimizer.leastBytes();
      long most = optimizer.mostBytes();
      for (int i = 0; i < count; i++) {
        long budget = least + (most - least) * i / (count - 1);
        runs.add(Run.open(steps, batch, budget, optimizer.within(budget), rounds));
      }
      for (int round = -WARM_UP; round < rounds; round++) {
        for (Run run : runs) {
          run.step(round);
        }
      }
      return new BudgetCurve(runs.stream().map(Run::point).toList());
    } finally {
      runs.forEach(Run::close);
    }
  }

  /** A step with the choice for one budget. */
  private record Run(
      Model model,
      TrainingStep step,
      long budget,
      QuadraticOptimizer.Chosen chosen,
      double[] millis) {
    static Run open(
        Steps steps, int batch, long budget, QuadraticOptimizer.Chosen chosen, int rounds) {
      Model model = Model.create(steps.layer(), steps.example(), 1);
      TrainingStep step =
          TrainingStep.compile(
              model, steps.backend(), steps.recipe().backprop(chosen.choice()), batch);
      Random random = new Random(1);
      fill(step.input(), random, 0);
      fill(step.target(), random, step.outputShape().dim(1));
      return new Run(model, step, budget, chosen, new double[rounds]);
    }

    private static void fill(Tensor tensor, Random random, int classes) {
      boolean labels = tensor.type().dtype() != DType.FLOAT32;
      for (long i = 0; i < tensor.elements(); i++) {
        if (labels) {
          tensor.setLong(i, random.nextInt(classes));
        } else {
          tensor.set(i, random.nextGaussian());
        }
      }
    }

    void step(int round) {
      long start = System.nanoTime();
      step.run(round + WARM_UP, 1e-4);
      if (round >= 0) {
        millis[round] = (System.nanoTime() - start) / 1e6;
      }
    }

    Point point() {
      double[] sorted = millis.clone();
      Arrays.sort(sorted);
      return new Point(
          budget,
          step.measuredPeakBytes(),
          step.savedBytes(),
          chosen.nanos() / 1e6,
          sorted[sorted.length / 2],
          chosen.choice());
    }

    void close() {
      step.close();
      model.close();
    }
  }
}
