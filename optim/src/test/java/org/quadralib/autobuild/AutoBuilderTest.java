package org.quadralib.autobuild;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quadralib.architecture.Architecture;
import org.quadralib.autobuild.AutoBuildConfig.Epochs;
import org.quadralib.backend.Backend;
import org.quadralib.backend.Backends;
import org.quadralib.builder.QuadraticConversion;
import org.quadralib.checkpoint.Weights;
import org.quadralib.data.DataOptions;
import org.quadralib.data.DataSplits;
import org.quadralib.data.Datasets;
import org.quadralib.data.Subset;
import org.quadralib.graph.op.NeuronType;
import org.quadralib.layers.Activation;
import org.quadralib.layers.BatchNorm2d;
import org.quadralib.layers.Conv2d;
import org.quadralib.layers.Dense;
import org.quadralib.layers.GlobalAvgPool2d;
import org.quadralib.layers.Layer;
import org.quadralib.layers.MaxPool2d;
import org.quadralib.layers.Model;
import org.quadralib.layers.ModelSummary;
import org.quadralib.layers.Sequential;
import org.quadralib.tensor.Shape;
import org.quadralib.train.StepProgress;
import org.quadralib.train.TrainingListener;

/** A whole build on 400 digits: 3,818 parameters become 11,002 and then at most 8,000. */
class AutoBuilderTest {
  private static final Shape EXAMPLE = Shape.of(1, 8, 8);
  private static final long BUDGET = 8_000;

  @TempDir private static Path folder;
  private static DataSplits data;
  private static AutoBuildResult whole;

  private static Layer network() {
    return Sequential.of(
        new Conv2d(12, 3).padding(1),
        new BatchNorm2d(),
        Activation.relu(),
        new MaxPool2d(2),
        new Conv2d(12, 3).padding(1),
        new BatchNorm2d(),
        Activation.relu(),
        new Conv2d(12, 3).padding(1),
        new BatchNorm2d(),
        Activation.relu(),
        new Conv2d(8, 3).padding(1),
        new BatchNorm2d(),
        Activation.relu(),
        new GlobalAvgPool2d(),
        new Dense(10));
  }

  private static AutoBuildConfig config(String budget) {
    return new AutoBuildConfig(
        new QuadraticConversion(NeuronType.QUADRA),
        Budget.parse(budget),
        new Epochs(4, 2, 1, 4),
        1,
        0.5,
        20,
        0.05,
        0.1,
        true,
        7,
        List.of(),
        List.of(),
        layer -> Map.of());
  }

  private static AutoBuildResult build(Path to, String budget, BuildProgress progress)
      throws IOException {
    try (Backend backend = Backends.automatic(1)) {
      return new AutoBuilder(config(budget), backend, data, to, progress).build(network(), null);
    }
  }

  @BeforeAll
  static void build() throws IOException {
    DataSplits all = Datasets.open("digits", null, DataOptions.defaults());
    data =
        new DataSplits(
            Subset.first(all.train(), 400),
            Subset.first(all.validation(), 100),
            Subset.first(all.test(), 100));
    whole = build(folder.resolve("whole"), "params=8K", new BuildProgress() {});
  }

  @AfterAll
  static void forget() {
    whole = null;
  }

  private static Stage stage(AutoBuildResult result, String name) {
    return result.stages().stream().filter(s -> s.name().equals(name)).findFirst().orElseThrow();
  }

  @Test
  void theProductIsQuadraticLearnedAndWithinTheBudget() {
    assertTrue(whole.met());
    assertEquals(
        "The budget is met: %,d parameters (asked: at most 8,000)."
            .formatted(whole.product().cost().parameters()),
        whole.note());
    Stage first = stage(whole, "first-order");
    Stage converted = stage(whole, "converted");
    assertTrue(converted.cost().parameters() > BUDGET);
    assertTrue(converted.cost().macs() > 2 * first.cost().macs());
    assertTrue(converted.outputDifference() < 1e-5, converted::toString);
    Stage product = whole.product();
    assertEquals("final", product.name());
    assertTrue(product.cost().parameters() <= BUDGET, product::toString);
    assertTrue(product.validationAccuracy() > 0.5, product::toString);
    assertEquals(
        product.cost().parameters(), ModelSummary.of(whole.network(), EXAMPLE).parameters());
    assertFalse(QuadraticConversion.eligible(network()).isEmpty());
    assertTrue(
        new Architecture("x", EXAMPLE, whole.network()).yaml().contains("quadratic"),
        "the product has quadratic layers");
  }

  @Test
  void everyRoundRemovesTheUnitOfTheHighestImportance() {
    List<Stage> rounds =
        whole.stages().stream().filter(stage -> stage.name().startsWith("round-")).toList();
    assertFalse(rounds.isEmpty());
    for (Stage round : rounds) {
      List<Probe> probes = round.probes();
      assertTrue(probes.size() >= 2, round::toString);
      assertEquals(List.of(probes.getFirst().unit()), round.removed());
      for (Probe probe : probes) {
        double expected =
            probe.parameterShare() * probe.macShare() / Math.max(probe.accuracyLoss(), 1e-3);
        assertEquals(expected, probe.importance(), 1e-12);
        assertTrue(probe.importance() <= probes.getFirst().importance());
      }
    }
  }

  @Test
  void theBaselineIsFirstOrderAndAsLarge() {
    Stage baseline = whole.baseline();
    assertNotNull(baseline);
    double size = (double) baseline.cost().parameters() / whole.product().cost().parameters();
    assertEquals(1, size, 0.1);
    assertEquals(whole.stages().stream().mapToInt(Stage::epochs).sum(), baseline.epochs());
  }

  @Test
  void architectureAndWeightsOfTheProductBelongTogether() throws IOException {
    Path product = folder.resolve("whole/final");
    Architecture architecture = Architecture.read(product.resolve("architecture.yaml"));
    assertEquals(whole.network(), architecture.network());
    try (Model model = Model.create(architecture.network(), architecture.input(), 99)) {
      Weights.load(product.resolve("weights.safetensors"), model);
    }
  }

  /** Stopped in every stage once, it ends with the same bits. */
  @Test
  void goesOnWhereItWasStopped() throws IOException {
    Path to = folder.resolve("stopped");
    List<String> stopped = new ArrayList<>();
    AutoBuildResult result = null;
    while (result == null) {
      try (Backend backend = Backends.automatic(1)) {
        AutoBuilder[] builder = new AutoBuilder[1];
        BuildProgress stops =
            new BuildProgress() {
              @Override
              public TrainingListener onStage(String name, Cost cost, int epochs) {
                return new TrainingListener() {
                  @Override
                  public void onStep(StepProgress step) {
                    if (!stopped.contains(name)) {
                      stopped.add(name);
                      builder[0].stop();
                    }
                  }
                };
              }
            };
        builder[0] = new AutoBuilder(config("params=8K"), backend, data, to, stops);
        result = builder[0].build(network(), null);
      } catch (InterruptedBuildException e) {
        assertTrue(e.getMessage().contains("'" + stopped.getLast() + "'"), e.getMessage());
      }
    }
    assertTrue(stopped.size() >= 5, stopped::toString);
    for (Stage stage : whole.stages()) {
      assertArrayEquals(
          weights(folder.resolve("whole"), stage.name()), weights(to, stage.name()), stage.name());
      assertEquals(stage.validationAccuracy(), stage(result, stage.name()).validationAccuracy());
    }
  }

  private static byte[] weights(Path build, String stage) throws IOException {
    return Files.readAllBytes(build.resolve(stage).resolve("weights.safetensors"));
  }

  @Test
  void aRemovalThatCostsTooMuchAccuracyIsUndone() throws IOException {
    AutoBuildResult result =
        build(folder.resolve("demanding"), "params=1K,accuracy=100%", new BuildProgress() {});
    assertFalse(result.met());
    assertTrue(
        result
            .note()
            .matches(
                "The budget is not met: 11,002 parameters \\(asked: at most 1,000\\), [0-9.]+%"
                    + " validation accuracy \\(asked: at least 100.00%\\); without [0-9.]+"
                    + " validation accuracy falls to [0-9.]+%\\."),
        result.note());
    assertEquals(
        stage(result, "converted").cost().parameters(), result.product().cost().parameters());
  }

  @Test
  void aBudgetIsMetByWhatKeepsToAllItsLimits() {
    Budget budget = Budget.parse("params=2K,macs=0.5M,memory=1KiB,accuracy=90%");
    assertEquals(
        "at most 2,000 parameters, at most 500,000 MACs, at most 1,024 bytes kept for backward,"
            + " at least 90.00% validation accuracy",
        budget.asked());
    assertTrue(budget.isMet(new Cost(2_000, 500_000, 1_024), 0.9));
    assertFalse(budget.isMet(new Cost(2_001, 500_000, 1_024), 0.9));
    assertFalse(budget.isMet(new Cost(2_000, 500_001, 1_024), 0.9));
    assertFalse(budget.isMet(new Cost(2_000, 500_000, 1_025), 0.9));
    assertFalse(budget.isMet(new Cost(2_000, 500_000, 1_024), 0.89));
    assertEquals(
        "3 parameters (asked: at most 2,000), 4 MACs (asked: at most 500,000), 5 bytes kept for"
            + " backward (asked: at most 1,024), 12.50% validation accuracy (asked: at least"
            + " 90.00%)",
        budget.compared(new Cost(3, 4, 5), 0.125));
    assertTrue(Budget.parse("accuracy=0.5").isMet(new Cost(3, 4, 5), 0.5));
    assertFalse(Budget.parse("accuracy=0.5").isSmallEnough(new Cost(3, 4, 5)), "smaller is better");
  }

  @Test
  void withoutValidationImagesItIsRefused() {
    DataSplits none = new DataSplits(data.train(), Subset.first(data.validation(), 0), data.test());
    try (Backend backend = Backends.automatic(1)) {
      AutoBuilder builder =
          new AutoBuilder(
              config("params=8K"), backend, none, folder.resolve("blind"), new BuildProgress() {});
      var error =
          assertThrows(IllegalArgumentException.class, () -> builder.build(network(), null));
      assertTrue(error.getMessage().contains("validation"), error.getMessage());
    }
  }
}
