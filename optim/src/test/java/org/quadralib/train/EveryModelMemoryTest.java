package org.quadralib.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.quadralib.backend.Backend;
import org.quadralib.backend.Backends;
import org.quadralib.layers.Backprop;
import org.quadralib.layers.Layer;
import org.quadralib.layers.Model;
import org.quadralib.layers.ModelSummary;
import org.quadralib.models.ModelEntry;
import org.quadralib.models.ModelOptions;
import org.quadralib.models.Models;
import org.quadralib.tensor.Shape;

/** Every model of the pool, every way back: what was planned is what a step holds, to the byte. */
class EveryModelMemoryTest {
  private static final Shape IMAGE = Shape.of(3, 16, 16);
  private static final int[] BATCHES = {1, 3, 8};

  static Stream<ModelEntry> models() {
    return Models.all().stream();
  }

  /** Large models are narrowed: a byte too many would show in each of their layers all the same. */
  private static Layer build(ModelEntry entry) {
    ModelOptions options = ModelOptions.of(IMAGE, 10);
    Layer whole = entry.build(options);
    boolean large = ModelSummary.of(whole, IMAGE).parameters() > 2_000_000;
    return large ? entry.build(options.width(0.25)) : whole;
  }

  @ParameterizedTest
  @MethodSource("models")
  void arenasHoldWhatThePlanPredicts(ModelEntry entry) {
    Layer layer = build(entry);
    try (Backend backend = Backends.automatic(2);
        Model model = Model.create(layer, IMAGE, 1)) {
      for (int batch : BATCHES) {
        long before = Long.MAX_VALUE;
        for (Backprop way : Backprop.values()) {
          Recipe recipe = Recipe.defaults().backprop(way);
          try (TrainingStep step = TrainingStep.compile(model, backend, recipe, batch)) {
            step.run(0, 1e-4);
            String what = "%s, batch %d, %s".formatted(entry.name(), batch, way);
            assertEquals(step.predictedPeakBytes(), step.measuredPeakBytes(), what);
            assertTrue(step.savedBytes() <= before, what + " keeps more than the way before");
            before = step.savedBytes();
          }
        }
      }
    }
  }
}
