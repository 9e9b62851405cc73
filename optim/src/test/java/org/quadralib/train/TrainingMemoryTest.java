package org.quadralib.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.quadralib.backend.Backend;
import org.quadralib.backend.Backends;
import org.quadralib.layers.Backprop;
import org.quadralib.layers.Model;
import org.quadralib.memory.Bytes;
import org.quadralib.memory.MemoryLimitException;
import org.quadralib.memory.TensorArena;
import org.quadralib.models.Models;
import org.quadralib.optim.Adam;
import org.quadralib.tensor.Shape;

@Tag("device")
class TrainingMemoryTest {
  private static final long MIB = 1 << 20;
  private static final Shape CIFAR = Shape.of(3, 32, 32);

  // Hybrid back-propagation keeps at most a third of what PyTorch keeps, blocks a fifth.
  @ParameterizedTest
  @CsvSource({
    "qresnet14, 64, AUTODIFF, 100000",
    "qresnet14, 64, HYBRID, 75",
    "qvgg7, 32, AUTODIFF, 100000",
    "qvgg7, 32, HYBRID, 71",
    "qresnet14, 64, BLOCK, 42",
    "qvgg7, 32, BLOCK, 41",
  })
  void arenasHoldWhatThePlanPredicts(String name, int batch, Backprop backprop, long savedMiB) {
    Recipe recipe = Recipe.defaults().backprop(backprop);
    for (String backendName : TestBackends.names()) {
      try (Backend backend = Backends.named(backendName, 2);
          Model model = Model.create(Models.named(name).build(10), CIFAR, 1);
          TrainingStep step = TrainingStep.compile(model, backend, recipe, batch)) {
        System.out.printf(
            "memory of %s, batch %d, %s on %s: saved %s, predicted %s, measured %s%n",
            name,
            batch,
            backprop,
            backendName,
            Bytes.format(step.savedBytes()),
            Bytes.format(step.predictedPeakBytes()),
            Bytes.format(step.measuredPeakBytes()));
        assertEquals(step.predictedPeakBytes(), step.measuredPeakBytes());
        assertEquals(step.predictedPeakBytes(), model.arena().ledger().peak());
        assertTrue(
            step.savedBytes() <= savedMiB * MIB,
            () -> "saved " + Bytes.format(step.savedBytes()) + " on " + backendName);
      }
    }
  }

  static List<String> backends() {
    return TestBackends.names();
  }

  @ParameterizedTest
  @MethodSource("backends")
  void aWholeRunHoldsWhatItPredicts(String backendName, @TempDir Path folder) {
    for (TrainingConfig.Builder config :
        List.of(TinyRun.config(), TinyRun.config(folder, 0).evaluationBatchSize(13))) {
      long[] predicted = new long[1];
      TrainingListener listener =
          new TrainingListener() {
            @Override
            public void onStart(TrainingStart start) {
              predicted[0] = start.predictedPeakBytes();
            }
          };
      try (Backend backend = Backends.named(backendName, 2);
          Model model = TinyRun.model()) {
        new Trainer(model, backend, config.listener(listener).build()).fit(TinyRun.data());
        assertEquals(predicted[0], model.arena().ledger().peak());
      }
    }
  }

  @Test
  void gradientsDoNotWaitForEachOther() {
    Recipe recipe = Recipe.defaults().backprop(Backprop.HYBRID);
    long early = slabBytes(recipe);
    long together = slabBytes(recipe.keepGradients(true));
    assertTrue(early < 0.7 * together, early + " and " + together);
  }

  private static long slabBytes(Recipe recipe) {
    try (Backend backend = Backends.named("scalar", 1)) {
      TrainingGraph graph = TrainingGraph.trace(Models.named("qvgg7").build(10), CIFAR, recipe, 2);
      return backend.plan(graph.graph()).slabBytes();
    }
  }

  @Test
  void hybridKeepsLess() {
    long hybrid = savedBytes(Backprop.HYBRID);
    long autodiff = savedBytes(Backprop.AUTODIFF);
    assertTrue(hybrid < autodiff / 2, hybrid + " and " + autodiff);
  }

  private static long savedBytes(Backprop backprop) {
    try (Backend backend = Backends.named("scalar", 1)) {
      TrainingGraph graph =
          TrainingGraph.trace(
              Models.named("qresnet14").build(10), CIFAR, Recipe.defaults().backprop(backprop), 4);
      return backend.plan(graph.graph()).savedBytes();
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void openingTrainingAndClosingLeavesNothing(String backendName) {
    TensorArena root = TensorArena.root("process");
    try (Backend backend = Backends.named(backendName, 2)) {
      for (int cycle = 0; cycle < 200; cycle++) {
        Model model =
            Model.create(
                Models.named("qmlp").build(3), Shape.of(1, 2, 2), cycle, root.child("model"));
        Recipe recipe = Recipe.defaults().optimizer(new Adam());
        TrainingStep step = TrainingStep.compile(model, backend, recipe, 2);
        step.run(0, 0.1);
        assertTrue(root.ledger().total() > 0);
        step.close();
        model.close();
        assertEquals(0, root.ledger().total(), "bytes left after cycle " + cycle);
        assertTrue(root.ledger().current().isEmpty());
      }
    }
    root.close();
  }

  @Test
  void aBatchThatDoesNotFitIsRefusedBeforeAnythingIsHeld() {
    try (Backend backend = Backends.named("scalar", 1);
        Model model = Model.create(Models.named("qvgg7").build(10), CIFAR, 1)) {
      long before = model.arena().ledger().total();
      var error =
          assertThrows(
              MemoryLimitException.class,
              () -> TrainingStep.compile(model, backend, Recipe.defaults(), 100_000));
      assertTrue(error.neededBytes() > error.availableBytes());
      assertTrue(error.getMessage().contains("batch of 100000"), error.getMessage());
      assertEquals(before, model.arena().ledger().total());
    }
  }
}
