package org.quadralib.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.quadralib.backend.Backend;
import org.quadralib.backend.Backends;
import org.quadralib.backend.Executable;
import org.quadralib.checkpoint.CheckpointException;
import org.quadralib.checkpoint.CheckpointMismatchException;
import org.quadralib.data.DataSplits;
import org.quadralib.graph.Node;
import org.quadralib.graph.op.Composite;
import org.quadralib.graph.op.Op;
import org.quadralib.io.SafeTensors;
import org.quadralib.layers.Backprop;
import org.quadralib.layers.Dense;
import org.quadralib.layers.Flatten;
import org.quadralib.layers.Model;
import org.quadralib.layers.Sequential;
import org.quadralib.memory.TensorArena;
import org.quadralib.optim.Adam;
import org.quadralib.optim.Schedule;
import org.quadralib.plan.Plan;
import org.quadralib.plan.Workspace;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.Tensor;
import org.quadralib.tensor.TensorType;
import org.quadralib.train.TrainingResult.Status;

@Tag("device")
class ResumeTest {
  private static final int STEPS = TinyRun.EPOCHS * 9;

  private final DataSplits data = TinyRun.data();

  @TempDir Path folder;

  static List<String> backends() {
    return TestBackends.names();
  }

  /** A process that dies: nothing after the step is done, not even a checkpoint. */
  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private record Outcome(Map<String, List<Integer>> bits, TrainingResult result) {
    List<Scores> validations() {
      return result.history().stream().map(epoch -> epoch.validation().orElseThrow()).toList();
    }

    List<Scores> trainings() {
      return result.history().stream().map(EpochResult::train).toList();
    }
  }

  private Outcome uninterrupted(Backend backend) {
    try (Model model = TinyRun.model()) {
      TrainingResult result = new Trainer(model, backend, TinyRun.config().build()).fit(data);
      return new Outcome(TinyRun.bits(model), result);
    }
  }

  private static void assertSame(Outcome expected, Outcome actual) {
    assertEquals(expected.bits(), actual.bits());
    assertEquals(expected.trainings(), actual.trainings());
    assertEquals(expected.validations(), actual.validations());
    assertEquals(
        expected.result().test().map(Evaluation::scores),
        actual.result().test().map(Evaluation::scores));
    assertEquals(expected.result().steps(), actual.result().steps());
  }

  @ParameterizedTest
  @MethodSource("backends")
  void stoppingAndResumingChangesNoBit(String backendName) {
    Random random = new Random(3);
    try (Backend backend = Backends.named(backendName, 2)) {
      Outcome expected = uninterrupted(backend);
      for (int round = 0; round < 3; round++) {
        Path run = folder.resolve("stopped" + round);
        Outcome actual = null;
        int attempts = 0;
        while (actual == null) {
          int stepsToGo = 1 + random.nextInt(12);
          try (Model model = TinyRun.model()) {
            Trainer[] trainer = new Trainer[1];
            TrainingListener stopper = new After(stepsToGo, () -> trainer[0].stop());
            TrainingConfig config = TinyRun.config(run, 0).listener(stopper).build();
            trainer[0] = new Trainer(model, backend, config);
            TrainingResult result =
                attempts++ == 0 ? trainer[0].fit(data) : trainer[0].resume(data);
            if (result.status() == Status.COMPLETED) {
              actual = new Outcome(TinyRun.bits(model), result);
            }
          }
        }
        assertTrue(attempts > 2, "the run was never interrupted");
        assertSame(expected, actual);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("backends")
  void dyingAndResumingChangesNoBit(String backendName) {
    Random random = new Random(4);
    try (Backend backend = Backends.named(backendName, 1)) {
      Outcome expected = uninterrupted(backend);
      for (int round = 0; round < 3; round++) {
        Path run = folder.resolve("killed" + round);
        Outcome actual = null;
        int deaths = 0;
        while (actual == null) {
          int stepsToGo = deaths < 6 ? 3 + random.nextInt(9) : STEPS + 1;
          Runnable death =
              () -> {
                throw new Killed();
              };
          try (Model model = TinyRun.model()) {
            TrainingConfig config =
                TinyRun.config(run, 2).listener(new After(stepsToGo, death)).build();
            Trainer trainer = new Trainer(model, backend, config);
            TrainingResult result = deaths == 0 ? trainer.fit(data) : trainer.resume(data);
            actual = new Outcome(TinyRun.bits(model), result);
          } catch (Killed e) {
            deaths++;
          }
        }
        assertTrue(deaths > 1, "the run never died");
        assertSame(expected, actual);
      }
    }
  }

  /** Does something after so many steps of this process. */
  private static final class After implements TrainingListener {
    private final Runnable action;
    private int stepsToGo;

    After(int steps, Runnable action) {
      this.stepsToGo = steps;
      this.action = action;
    }

    @Override
    public void onStep(StepProgress progress) {
      if (--stepsToGo == 0) {
        action.run();
      }
    }
  }

  @Test
  void anotherSeedGivesOtherBits() {
    try (Backend backend = Backends.named("scalar", 1);
        Model model = TinyRun.model()) {
      new Trainer(model, backend, TinyRun.config().seed(12).build()).fit(data);
      assertNotEquals(uninterrupted(backend).bits(), TinyRun.bits(model));
    }
  }

  @Test
  void numberOfThreadsChangesNoBit() {
    for (String name : TestBackends.names()) {
      try (Backend one = Backends.named(name, 1);
          Backend two = Backends.named(name, 2)) {
        assertEquals(uninterrupted(one).bits(), uninterrupted(two).bits(), name);
      }
    }
  }

  @Test
  void aFinishedRunResumesToItsResult() {
    try (Backend backend = Backends.named("scalar", 1);
        Model model = TinyRun.model()) {
      TrainingConfig config = TinyRun.config(folder, 0).build();
      Outcome first = new Outcome(Map.of(), new Trainer(model, backend, config).fit(data));
      Map<String, List<Integer>> bits = TinyRun.bits(model);
      model.initialize(99);
      TrainingResult again = new Trainer(model, backend, config).resume(data);
      assertSame(new Outcome(bits, first.result()), new Outcome(TinyRun.bits(model), again));
    }
  }

  @Test
  void aFinishedRunCanBeGivenMoreEpochs() {
    Schedule schedule = Schedule.constant(0.01);
    try (Backend backend = Backends.named("scalar", 1);
        Model model = TinyRun.model();
        Model expected = TinyRun.model()) {
      TrainingConfig two = TinyRun.config(folder, 0).epochs(2).schedule(run -> schedule).build();
      TrainingConfig four = TinyRun.config(folder, 0).epochs(4).schedule(run -> schedule).build();
      new Trainer(model, backend, two).fit(data);
      TrainingResult result = new Trainer(model, backend, four).resume(data);
      assertEquals(4, result.history().size());
      TrainingConfig atOnce = TinyRun.config().epochs(4).schedule(run -> schedule).build();
      new Trainer(expected, backend, atOnce).fit(data);
      assertEquals(TinyRun.bits(expected), TinyRun.bits(model));
    }
  }

  @Test
  void aSecondRunDoesNotOverwriteTheFirst() {
    try (Backend backend = Backends.named("scalar", 1);
        Model model = TinyRun.model()) {
      TrainingConfig config = TinyRun.config(folder, 0).epochs(1).build();
      new Trainer(model, backend, config).fit(data);
      var error =
          assertThrows(
              CheckpointException.class, () -> new Trainer(model, backend, config).fit(data));
      assertTrue(error.getMessage().contains("resume that run"), error.getMessage());
    }
  }

  @Test
  void checkpointsOfOtherRunsAreRefused() {
    try (Backend backend = Backends.named("scalar", 1);
        Model model = TinyRun.model()) {
      new Trainer(model, backend, TinyRun.config(folder, 0).epochs(1).build()).fit(data);
      assertRefused(backend, config -> config.seed(12), "its seed is 11, here 12");
      assertRefused(
          backend,
          config -> config.recipe(recipe -> recipe.optimizer(new Adam())),
          "its optimizer is Adam[");
      assertRefused(
          backend,
          config -> config.schedule(run -> Schedule.constant(0.1)),
          "its schedule is OneCycle[");
      assertRefused(backend, config -> config.batchSize(17), "its batch size is 16, here 17");
      assertRefused(
          backend,
          config -> config.trainTransforms(List.of()),
          "its training transforms is [RandomCrop[");
    }
  }

  private void assertRefused(
      Backend backend, UnaryOperator<TrainingConfig.Builder> change, String difference) {
    try (Model model = TinyRun.model()) {
      Map<String, List<Integer>> before = TinyRun.bits(model);
      TrainingConfig config = change.apply(TinyRun.config(folder, 0).epochs(1)).build();
      var error =
          assertThrows(
              CheckpointMismatchException.class,
              () -> new Trainer(model, backend, config).resume(data));
      assertTrue(error.getMessage().contains(difference), error.getMessage());
      assertEquals(before, TinyRun.bits(model), "something was loaded");
    }
  }

  @Test
  void anotherBackendOrWayBackIsRefused() {
    try (Backend scalar = Backends.named("scalar", 1);
        Backend other = new OtherArithmetic(scalar);
        Model model = TinyRun.model()) {
      new Trainer(model, scalar, TinyRun.config(folder, 0).epochs(1).build()).fit(data);
      assertRefused(other, config -> config, "its backend is scalar, here abacus");
      assertRefused(
          scalar,
          config -> config.recipe(recipe -> recipe.backprop(Backprop.HYBRID)),
          "its back-propagation is autodiff, here hybrid");
    }
  }

  /** The scalar backend under another name. */
  private record OtherArithmetic(Backend scalar) implements Backend {
    @Override
    public String name() {
      return "abacus";
    }

    @Override
    public String description() {
      return scalar.description();
    }

    @Override
    public boolean supports(Op op, List<TensorType> operands) {
      return scalar.supports(op, operands);
    }

    @Override
    public boolean fuses(Composite op) {
      return scalar.fuses(op);
    }

    @Override
    public Workspace workspace(Node node) {
      return scalar.workspace(node);
    }

    @Override
    public Executable compile(Plan plan, TensorArena arena, Map<String, Tensor> state) {
      return scalar.compile(plan, arena, state);
    }

    @Override
    public void close() {}
  }

  @Test
  void twoTrainersCannotWriteIntoOneFolder() {
    try (Backend backend = Backends.named("scalar", 1);
        Model model = TinyRun.model();
        Model second = TinyRun.model()) {
      TrainingConfig config = TinyRun.config(folder, 0).epochs(1).build();
      List<String> refusals = new ArrayList<>();
      Runnable intruder =
          () ->
              refusals.add(
                  assertThrows(
                          CheckpointException.class,
                          () -> new Trainer(second, backend, config).resume(data))
                      .getMessage());
      TrainingConfig watched =
          TinyRun.config(folder, 0).epochs(1).listener(new After(2, intruder)).build();
      new Trainer(model, backend, watched).fit(data);
      assertEquals(1, refusals.size());
      assertTrue(
          refusals.getFirst().startsWith("another run is writing into the folder " + folder),
          refusals.getFirst());
      new Trainer(second, backend, config).resume(data);
    }
  }

  @Test
  void everyFileOfARunSaysWhatItWasGiven() throws IOException {
    Map<String, String> told = Map.of("classes", "zero,one", "normalize.mean", "0.25");
    try (Backend backend = Backends.named("scalar", 1);
        Model model = TinyRun.model()) {
      TrainingConfig config = TinyRun.config(folder, 0).epochs(1).metadata(told).build();
      new Trainer(model, backend, config).fit(data);
    }
    for (String name : List.of("last.safetensors", "best.safetensors")) {
      try (SafeTensors file = SafeTensors.open(folder.resolve(name))) {
        told.forEach((key, value) -> assertEquals(value, file.metadata().get(key), name));
      }
    }
  }

  @Test
  void secondsOfAnUnfinishedEpochCount() {
    try (Backend backend = Backends.named("scalar", 1);
        Model model = TinyRun.model()) {
      double first = interruptedAfter(4, model, backend, false).trainSeconds();
      assertTrue(first > 0);
      TrainingResult second = interruptedAfter(3, model, backend, true);
      assertEquals(7, second.steps());
      assertTrue(second.trainSeconds() > first, second.trainSeconds() + " after " + first);
    }
  }

  private TrainingResult interruptedAfter(int steps, Model model, Backend backend, boolean resume) {
    Trainer[] trainer = new Trainer[1];
    TrainingListener stopper = new After(steps, () -> trainer[0].stop());
    trainer[0] = new Trainer(model, backend, TinyRun.config(folder, 0).listener(stopper).build());
    TrainingResult result = resume ? trainer[0].resume(data) : trainer[0].fit(data);
    assertEquals(Status.INTERRUPTED, result.status());
    return result;
  }

  @ParameterizedTest
  @CsvSource({
    "state.step, many",
    "state.epoch, -1",
    "state.epoch, 1.5",
    "state.global_step, 99999999999999999999",
    "state.learning_rate, fast",
    "state.loss_sum, ''",
    "history.0, 0.1 0.2",
    "history.0, a b c d e f g h i",
  })
  void wrongEntriesOfACheckpointAreNamed(String key, String value) throws IOException {
    try (Backend backend = Backends.named("scalar", 1);
        Model model = TinyRun.model()) {
      TrainingConfig config = TinyRun.config(folder, 0).epochs(1).build();
      new Trainer(model, backend, config).fit(data);
      Path last = folder.resolve("last.safetensors");
      try (SafeTensors file = SafeTensors.open(last)) {
        Map<String, String> metadata = new LinkedHashMap<>(file.metadata());
        metadata.put(key, value);
        SafeTensors.write(last, file.tensors(), metadata);
      }
      var error =
          assertThrows(
              CheckpointException.class, () -> new Trainer(model, backend, config).resume(data));
      assertTrue(
          error.getMessage().contains("its entry '%s' is '%s'".formatted(key, value)),
          error.getMessage());
    }
  }

  @Test
  void checkpointsOfOtherModelsAreRefused() {
    try (Backend backend = Backends.named("scalar", 1);
        Model model = TinyRun.model();
        Model other =
            Model.create(Sequential.of(new Flatten(), new Dense(10)), Shape.of(1, 8, 8), 1)) {
      TrainingConfig config = TinyRun.config(folder, 0).epochs(1).build();
      new Trainer(model, backend, config).fit(data);
      var error =
          assertThrows(
              CheckpointMismatchException.class,
              () -> new Trainer(other, backend, config).resume(data));
      assertTrue(error.getMessage().contains("its number of parameters"), error.getMessage());
    }
  }

  @Test
  void damagedCheckpointsAreRefused() throws IOException {
    try (Backend backend = Backends.named("scalar", 1);
        Model model = TinyRun.model()) {
      TrainingConfig config = TinyRun.config(folder, 0).epochs(1).build();
      Trainer trainer = new Trainer(model, backend, config);
      assertThrows(CheckpointException.class, () -> trainer.resume(data), "no checkpoint yet");
      trainer.fit(data);
      Path last = folder.resolve("last.safetensors");
      byte[] bytes = Files.readAllBytes(last);
      Files.write(last, java.util.Arrays.copyOf(bytes, bytes.length / 2));
      assertThrows(CheckpointException.class, () -> trainer.resume(data));
      Files.write(last, bytes);
      Files.delete(folder.resolve("best.safetensors"));
      var error = assertThrows(CheckpointException.class, () -> trainer.resume(data));
      assertTrue(error.getMessage().contains("best weights"), error.getMessage());
    }
  }
}
