package org.quadralib.budget;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.quadralib.backend.Backend;
import org.quadralib.backend.Backends;
import org.quadralib.layers.Model;
import org.quadralib.memory.Bytes;
import org.quadralib.models.Models;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.Tensor;
import org.quadralib.train.Recipe;
import org.quadralib.train.TrainingStep;

/** Budgets from the least to the most memory, with costs as they are measured. */
class TrainingWithinBudgetsTest {
  private static final int BATCH = 8;
  private static final int BUDGETS = 10;
  private static final Shape IMAGE = Shape.of(3, 16, 16);

  @Test
  void everyBudgetTrainsWithinItAndMoreMemoryIsNeverSlower() {
    try (Backend backend = Backends.named("vector", 2)) {
      Steps steps =
          new Steps(Models.named("qresnet14").build(10), IMAGE, Recipe.defaults(), backend);
      QuadraticOptimizer optimizer =
          new QuadraticOptimizer(steps, BATCH, LayerCosts.measure(steps, BATCH, Long.MAX_VALUE));
      long least = optimizer.leastBytes();
      long most = optimizer.mostBytes();
      assertTrue(least < most, "there is something to choose");
      double before = Double.POSITIVE_INFINITY;
      double loss = Double.NaN;
      for (int i = 0; i < BUDGETS; i++) {
        long budget = least + (most - least) * i / (BUDGETS - 1);
        QuadraticOptimizer.Chosen chosen = optimizer.within(budget);
        assertTrue(chosen.nanos() <= before, "predicted for " + budget);
        before = chosen.nanos();
        double trained = trains(steps, chosen, budget);
        loss = Double.isNaN(loss) ? trained : loss;
        assertEquals(loss, trained, 1e-3 * loss, chosen.toString());
      }
      BudgetException tooLittle =
          assertThrows(BudgetException.class, () -> optimizer.within(least - 1));
      assertEquals(least, tooLittle.leastBytes());
      assertTrue(tooLittle.getMessage().contains(Bytes.format(least)), tooLittle.getMessage());
    }
  }

  /** The loss after a step: the same with every choice, up to rounding. */
  private static double trains(Steps steps, QuadraticOptimizer.Chosen chosen, long budget) {
    Recipe recipe = steps.recipe().backprop(chosen.choice());
    try (Model model = Model.create(steps.layer(), steps.example(), 1);
        TrainingStep step = TrainingStep.compile(model, steps.backend(), recipe, BATCH)) {
      Random random = new Random(2);
      Tensor images = step.input();
      for (long i = 0; i < images.elements(); i++) {
        images.set(i, random.nextGaussian());
      }
      for (int n = 0; n < BATCH; n++) {
        step.target().setLong(n, n);
      }
      step.run(0, 1e-3);
      double loss = step.run(1, 1e-3);
      assertEquals(chosen.peakBytes(), step.measuredPeakBytes());
      assertTrue(step.measuredPeakBytes() <= budget, chosen + " within " + budget);
      return loss;
    }
  }
}
