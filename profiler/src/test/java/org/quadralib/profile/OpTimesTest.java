package org.quadralib.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.quadralib.backend.Backend;
import org.quadralib.backend.Backends;
import org.quadralib.layers.Model;
import org.quadralib.models.Models;
import org.quadralib.tensor.Shape;
import org.quadralib.train.Recipe;
import org.quadralib.train.TrainingStep;

class OpTimesTest {
  @Test
  void attributesTheTimeOfAStep() {
    try (Backend backend = Backends.named("scalar", 1);
        Model model = Model.create(Models.named("qcnn").build(10), Shape.of(1, 8, 8), 1);
        TrainingStep step = TrainingStep.compile(model, backend, Recipe.defaults(), 8)) {
      OpTimes times = new OpTimes(step.plan());
      step.run(0, 0.1, times);
      times.reset();
      long start = System.nanoTime();
      step.run(1, 0.1, times);
      step.run(2, 0.1, times);
      long elapsed = System.nanoTime() - start;

      assertEquals(2, times.runs());
      assertTrue(2 * times.total() <= elapsed, times.total() + " of " + elapsed);
      assertTrue(2 * times.total() > elapsed / 2.0, times.total() + " of " + elapsed);
      List<OpTimes.Row> operations = times.byOperation();
      assertEquals(1, operations.stream().mapToDouble(OpTimes.Row::share).sum(), 1e-9);
      assertEquals(
          times.total(),
          times.byLayer().stream().mapToDouble(OpTimes.Row::nanos).sum(),
          1e-6 * times.total());
      // Convolutions are nearly all the work of this network on the scalar backend.
      assertTrue(operations.getFirst().name().contains("Conv2d"), OpTimes.table(operations));
    }
  }
}
