package org.quadralib.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quadralib.backend.Backend;
import org.quadralib.backend.Backends;
import org.quadralib.checkpoint.CheckpointException;
import org.quadralib.checkpoint.RunLock;
import org.quadralib.checkpoint.Weights;
import org.quadralib.data.DataOptions;
import org.quadralib.data.DataSplits;
import org.quadralib.data.Datasets;
import org.quadralib.layers.Model;
import org.quadralib.loss.MeanSquaredError;
import org.quadralib.models.Models;
import org.quadralib.optim.AdamW;
import org.quadralib.optim.Schedule;
import org.quadralib.optim.Sgd;
import org.quadralib.tensor.Shape;
import org.quadralib.train.TrainingResult.Status;

class TrainerTest {
  private final Backend backend = Backends.named("scalar", 1);

  @TempDir Path folder;

  @Test
  void learnsDigits() {
    DataSplits data = Datasets.open("digits", null, DataOptions.defaults());
    TrainingConfig config =
        TrainingConfig.builder()
            .epochs(5)
            .batchSize(32)
            .recipe(recipe -> recipe.optimizer(new AdamW()))
            .schedule(run -> Schedule.oneCycle(0.01, run.steps()))
            .build();
    try (Backend vector = Backends.named("vector", 2);
        Model model = Model.create(Models.named("qcnn").build(10), Shape.of(1, 8, 8), 1)) {
      TrainingResult result = new Trainer(model, vector, config).fit(data);
      Evaluation test = result.test().orElseThrow();
      System.out.printf("digits: test accuracy %.4f, loss %.4f%n", test.accuracy(), test.loss());
      assertTrue(test.accuracy() >= 0.97, "accuracy " + test.accuracy());
      assertEquals(test.accuracy(), test.confusion().value());
      assertTrue(test.top5Accuracy() >= test.accuracy());
      assertEquals(0, model.arena().ledger().total() - weightBytes(model));
    }
  }

  private static long weightBytes(Model model) {
    return model.specs().stream().mapToLong(spec -> spec.type().bytes()).sum();
  }

  @Test
  void theModelEndsWithTheBestWeights() {
    DataSplits data = TinyRun.data();
    try (Model model = TinyRun.model();
        Model best = TinyRun.model()) {
      TrainingResult result =
          new Trainer(model, backend, TinyRun.config(folder, 0).epochs(6).build()).fit(data);
      EpochResult selected = result.best().orElseThrow();
      assertTrue(
          result.history().stream()
              .noneMatch(e -> e.validation().get().isBetterThan(selected.validation().get())));
      try (Evaluator evaluator =
          Evaluator.open(model, backend, Recipe.defaults().loss(), 7, List.of())) {
        Scores scores = evaluator.evaluate(data.validation()).scores();
        assertEquals(selected.validation().get().accuracy(), scores.accuracy());
        assertEquals(selected.validation().get().loss(), scores.loss(), 1e-6 * scores.loss());
      }
      Weights.load(folder.resolve("best.safetensors"), best);
      assertEquals(TinyRun.bits(model), TinyRun.bits(best));
    }
  }

  @Test
  void withoutValidationTheLastWeightsStay() {
    DataSplits data = Datasets.open("digits", null, DataOptions.defaults().withValidation(0));
    try (Model model = TinyRun.model();
        Model last = TinyRun.model()) {
      TrainingResult result =
          new Trainer(model, backend, TinyRun.config(folder, 0).epochs(2).build()).fit(data);
      assertTrue(result.best().isEmpty());
      assertTrue(result.last().orElseThrow().validation().isEmpty());
      Weights.load(folder.resolve("last.safetensors"), last);
      assertEquals(TinyRun.bits(model), TinyRun.bits(last));
      assertFalse(Files.exists(folder.resolve("best.safetensors")));
    }
  }

  @Test
  void listenersHearOfEverythingInOrder() {
    List<String> heard = new ArrayList<>();
    List<StepProgress> steps = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onStart(TrainingStart start) {
            heard.add("start");
            assertEquals(9, start.stepsPerEpoch());
            assertFalse(start.resumed());
            assertTrue(start.predictedPeakBytes() > start.plan().peakBytes());
          }

          @Override
          public void onEpochStart(int epoch) {
            heard.add("epoch " + epoch);
          }

          @Override
          public void onStep(StepProgress progress) {
            steps.add(progress);
          }

          @Override
          public void onEpochEnd(EpochResult result) {
            heard.add("end " + result.epoch());
          }

          @Override
          public void onCheckpoint(Path file) {
            heard.add(file.getFileName().toString());
          }

          @Override
          public void onFinish(TrainingResult result) {
            heard.add("finish " + result.status());
          }
        };
    try (Model model = TinyRun.model()) {
      TrainingConfig config = TinyRun.config(folder, 0).epochs(2).listener(listener).build();
      new Trainer(model, backend, config).fit(TinyRun.data());
    }
    String saved = "last.safetensors";
    assertEquals(
        List.of(
            "start",
            saved,
            "epoch 0",
            "end 0",
            saved,
            "epoch 1",
            "end 1",
            saved,
            "finish COMPLETED"),
        heard);
    assertEquals(18, steps.size());
    StepProgress last = steps.getLast();
    assertEquals(9, last.step());
    assertEquals(18, last.globalStep());
    assertEquals(0.02 / 25 / 1e4, last.learningRate(), 1e-9);
    assertTrue(last.imagesPerSecond() > 0);
    for (StepProgress step : steps.subList(0, 9)) { // no evaluation has been timed yet
      double imagesLeft = step.secondsLeft() * step.imagesPerSecond();
      assertEquals((18 - step.step()) * 16, imagesLeft, 1e-6 * 16 * 18);
    }
    assertTrue(last.secondsLeft() >= 0);
    double mean = steps.subList(9, 18).stream().mapToDouble(StepProgress::loss).average().orElse(0);
    assertEquals(mean, last.meanLoss(), 1e-12);
  }

  /** What is made of a run at its end, such as a report, shall not come on top of its memory. */
  @Test
  void atTheEndOnlyTheModelIsHeld() {
    try (Model model = TinyRun.model()) {
      long alone = model.arena().ledger().total();
      List<Long> held = new ArrayList<>();
      TrainingListener listener =
          new TrainingListener() {
            @Override
            public void onEpochEnd(EpochResult result) {
              held.add(model.arena().ledger().total());
            }

            @Override
            public void onFinish(TrainingResult result) {
              held.add(model.arena().ledger().total());
            }
          };
      TrainingConfig config = TinyRun.config(folder, 0).epochs(1).listener(listener).build();
      new Trainer(model, backend, config).fit(TinyRun.data());
      assertTrue(held.getFirst() > alone, held.toString());
      assertEquals(alone, held.getLast(), held.toString());
    }
  }

  @Test
  void stopsWhenValidationNoLongerImproves() {
    try (Model model = TinyRun.model()) {
      TrainingConfig config =
          TinyRun.config().epochs(50).patience(2).schedule(run -> Schedule.constant(0)).build();
      TrainingResult result = new Trainer(model, backend, config).fit(TinyRun.data());
      assertEquals(Status.EARLY_STOPPED, result.status());
      assertTrue(result.history().size() < 50);
      int best = result.best().orElseThrow().epoch();
      assertEquals(best + 3, result.history().size());
      assertTrue(result.test().isPresent());
    }
  }

  @Test
  void stoppedBeforeItStartsItDoesNothing() {
    try (Model model = TinyRun.model()) {
      Trainer trainer = new Trainer(model, backend, TinyRun.config().build());
      trainer.stop();
      TrainingResult result = trainer.fit(TinyRun.data());
      assertEquals(Status.INTERRUPTED, result.status());
      assertEquals(0, result.steps());
      assertTrue(result.test().isEmpty());
    }
  }

  @Test
  void divergenceSaysWhereAndKeepsTheLastCheckpoint() {
    try (Model model = TinyRun.model();
        Model kept = TinyRun.model()) {
      TrainingConfig config =
          TinyRun.config(folder, 1)
              .recipe(Recipe.defaults().optimizer(new Sgd()))
              .schedule(run -> step -> step < 5 ? 0.01 : 1e30)
              .build();
      var error =
          assertThrows(
              DivergenceException.class,
              () -> new Trainer(model, backend, config).fit(TinyRun.data()));
      assertTrue(error.getMessage().contains("epoch 1"), error.getMessage());
      assertTrue(error.getMessage().contains("learning rate 1.0E30"), error.getMessage());
      assertTrue(error.getMessage().contains("lower rate"), error.getMessage());
      assertTrue(error.step() >= 5, error.getMessage());
      Weights.load(folder.resolve("last.safetensors"), kept);
      TinyRun.bits(kept)
          .values()
          .forEach(bits -> bits.forEach(b -> assertTrue(Float.isFinite(Float.intBitsToFloat(b)))));
      assertEquals(weightBytes(model), model.arena().ledger().total(), "bytes left behind");
    }
  }

  @Test
  void aCheckpointThatCannotBeWrittenEndsTheRun() {
    TrainingListener vandal =
        new TrainingListener() {
          @Override
          public void onStep(StepProgress progress) {
            if (progress.globalStep() == 3) {
              try {
                Files.delete(folder.resolve("run/last.safetensors"));
                Files.delete(folder.resolve("run").resolve(RunLock.FILE));
                Files.delete(folder.resolve("run"));
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            }
          }
        };
    try (Model model = TinyRun.model()) {
      TrainingConfig config = TinyRun.config(folder.resolve("run"), 4).listener(vandal).build();
      var error =
          assertThrows(
              CheckpointException.class,
              () -> new Trainer(model, backend, config).fit(TinyRun.data()));
      assertTrue(error.getMessage().contains("last.safetensors"), error.getMessage());
    }
  }

  @Test
  void whatDoesNotFitTogetherIsRefused() {
    DataSplits data = TinyRun.data();
    try (Model model = TinyRun.model();
        Model colour = Model.create(TinyRun.network(), Shape.of(3, 8, 8), 1)) {
      assertRefused(model, TinyRun.config().batchSize(151), data, "use a smaller batch");
      assertRefused(colour, TinyRun.config(), data, "training images are 1x8x8");
      DataSplits noValidation =
          Datasets.open("digits", null, DataOptions.defaults().withValidation(0));
      assertRefused(model, TinyRun.config().patience(1), noValidation, "needs a validation set");
    }
  }

  private void assertRefused(
      Model model, TrainingConfig.Builder config, DataSplits data, String message) {
    var error =
        assertThrows(
            IllegalArgumentException.class,
            () -> new Trainer(model, backend, config.build()).fit(data));
    assertTrue(error.getMessage().contains(message), error.getMessage());
  }

  @Test
  void lossesOnNumbersTrainOnOneHotLabels() {
    try (Model model = TinyRun.model()) {
      TrainingConfig config =
          TinyRun.config().epochs(8).recipe(r -> r.loss(new MeanSquaredError())).build();
      TrainingResult result = new Trainer(model, backend, config).fit(TinyRun.data());
      Scores first = result.history().getFirst().train();
      Scores last = result.history().getLast().train();
      assertTrue(last.loss() < first.loss() / 2, first + " then " + last);
      assertTrue(last.accuracy() > first.accuracy(), first + " then " + last);
    }
  }
}
