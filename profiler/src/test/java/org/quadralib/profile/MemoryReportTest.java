package org.quadralib.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.quadralib.backend.Backend;
import org.quadralib.backend.Backends;
import org.quadralib.layers.Backprop;
import org.quadralib.layers.Layer;
import org.quadralib.layers.Model;
import org.quadralib.memory.Category;
import org.quadralib.memory.MemoryLimitException;
import org.quadralib.models.Models;
import org.quadralib.optim.AdamW;
import org.quadralib.tensor.Shape;
import org.quadralib.train.Recipe;
import org.quadralib.train.TrainingStep;

class MemoryReportTest {
  private static final Shape EXAMPLE = Shape.of(1, 8, 8);
  private static final int BATCH = 6;
  private final Layer layer = Models.named("qcnn").build(10);
  private final Recipe recipe = Recipe.defaults().optimizer(new AdamW());

  private MemoryReport report(Backend backend) {
    return MemoryReport.of(layer, EXAMPLE, recipe, BATCH, backend);
  }

  /** What was read off the plan is what the arenas hold once the step exists, to the byte. */
  @ParameterizedTest
  @EnumSource
  void theReportIsWhatTheArenasHold(Backprop backprop) {
    try (Backend backend = Backends.named("scalar", 1);
        Model model = Model.create(layer, EXAMPLE, 1);
        TrainingStep step =
            TrainingStep.compile(model, backend, recipe.backprop(backprop), BATCH)) {
      MemoryUsage usage = report(backend).with(backprop);
      assertEquals(step.savedBytes(), usage.savedBytes());
      assertEquals(model.arena().ledger().total(), usage.peakBytes());
      for (Category category : Category.values()) {
        assertEquals(
            model.arena().ledger().current(category), usage.bytes(category), category.name());
      }
    }
  }

  @Test
  void categoriesAddUpToThePeak() {
    try (Backend backend = Backends.named("scalar", 1)) {
      MemoryUsage usage = report(backend).autodiff();
      assertEquals(usage.peakBytes(), usage.byCategory().values().stream().mapToLong(b -> b).sum());
      assertEquals(2 * parameterBytes(), usage.bytes(Category.OPTIMIZER));
    }
  }

  private long parameterBytes() {
    try (Model model = Model.create(layer, EXAMPLE, 1)) {
      return Float.BYTES * model.parameterCount();
    }
  }

  @Test
  void hybridKeepsLessThanAutodiff() {
    try (Backend backend = Backends.named("scalar", 1)) {
      MemoryReport report = report(backend);
      assertTrue(2 * report.hybrid().savedBytes() < report.autodiff().savedBytes());
      assertTrue(report.hybrid().peakBytes() < report.autodiff().peakBytes());
    }
  }

  @Test
  void aBatchThatFitsNoMachineCanBePlanned() {
    MemoryReport report = qvgg7(30_000);
    assertTrue(report.hybrid().peakBytes() > 50L << 30);
    assertTrue(report.table().contains("GiB"), report.table());
  }

  @Test
  void aBatchWhoseTensorsCannotBeCountedIsRefusedWithWhatItNeeds() {
    var error = assertThrows(MemoryLimitException.class, () -> qvgg7(10_000_000));
    assertTrue(error.neededBytes() > 1L << 40);
    assertTrue(error.getMessage().contains("TiB"), error.getMessage());
  }

  private MemoryReport qvgg7(int batch) {
    try (Backend backend = Backends.named("scalar", 1)) {
      return MemoryReport.of(
          Models.named("qvgg7").build(10), Shape.of(3, 32, 32), recipe, batch, backend);
    }
  }
}
