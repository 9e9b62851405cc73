package org.quadralib.budget;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quadralib.backend.Backend;
import org.quadralib.backend.Backends;
import org.quadralib.layers.Backprop;
import org.quadralib.layers.Model;
import org.quadralib.models.ModelOptions;
import org.quadralib.models.Models;
import org.quadralib.plan.Plan;
import org.quadralib.profile.Timeline;
import org.quadralib.tensor.Shape;
import org.quadralib.train.Recipe;
import org.quadralib.train.TrainingStep;

class QuadraticOptimizerTest {
  private static final int BATCH = 4;
  private final Backend backend = Backends.named("scalar", 1);

  @AfterEach
  void close() {
    backend.close();
  }

  private Steps steps(String model) {
    Shape image = Shape.of(3, 16, 16);
    var layer = Models.named(model).build(ModelOptions.of(image, 10).width(0.25));
    return new Steps(layer, image, Recipe.defaults(), backend);
  }

  /** Recomputing costs more; how much differs from layer to layer. */
  private static LayerCosts costs(Segments segments) {
    Random random = new Random(4);
    Map<String, Map<Backprop, Double>> nanos = new LinkedHashMap<>();
    for (int k = 1; k < segments.count(); k++) {
      Map<Backprop, Double> ofLayer = new EnumMap<>(Backprop.class);
      double base = 1e6 * (1 + random.nextDouble());
      for (Backprop way : segments.ways().get(k)) {
        ofLayer.put(way, base * (1 + way.ordinal() * (0.1 + random.nextDouble())));
      }
      nanos.put(segments.paths().get(k), ofLayer);
    }
    return new LayerCosts(nanos, 5e5);
  }

  private static StepModel model(Steps steps, LayerCosts costs) {
    Segments segments = steps.segments();
    Map<Backprop, Plan> plans = new EnumMap<>(Backprop.class);
    for (Backprop way : Backprop.values()) {
      plans.put(way, steps.plan(BATCH, segments.uniform(way)));
    }
    return new StepModel(segments, plans, costs);
  }

  private static BackpropChoice random(Segments segments, Random random) {
    Map<String, Backprop> layers = new LinkedHashMap<>();
    for (int k = 1; k < segments.count(); k++) {
      List<Backprop> ways = segments.ways().get(k);
      layers.put(segments.paths().get(k), ways.get(random.nextInt(ways.size())));
    }
    return new BackpropChoice(layers);
  }

  /** What the model of live bytes adds up is what plans of mixed choices hold, to the byte. */
  @ParameterizedTest
  @ValueSource(strings = {"qcnn", "qvgg7", "qresnet14", "resnet20", "qmobilenetv1", "qresnet18"})
  void liveBytesAreThoseOfThePlan(String name) {
    Steps steps = steps(name);
    Segments segments = steps.segments();
    StepModel model = model(steps, costs(segments));
    Random random = new Random(8);
    for (int round = 0; round < 6; round++) {
      BackpropChoice choice = random(segments, random);
      Plan plan = steps.plan(BATCH, choice);
      Timeline timeline = Timeline.of(plan);
      long fixed = plan.peakBytes() - plan.slabBytes();
      long live = timeline.moments().get(timeline.peak()).liveBytes() - fixed;
      assertEquals(live, model.liveBytes(choice), choice.toString());
    }
  }

  /** The dynamic programme against all choices there are. */
  @Test
  void theFastestIsFoundExactly() {
    Steps steps = steps("qcnn");
    Segments segments = steps.segments();
    LayerCosts costs = costs(segments);
    StepModel model = model(steps, costs);
    List<BackpropChoice> all = new ArrayList<>(List.of(new BackpropChoice(Map.of())));
    for (int k = 1; k < segments.count(); k++) {
      List<BackpropChoice> longer = new ArrayList<>();
      for (BackpropChoice choice : all) {
        for (Backprop way : segments.ways().get(k)) {
          Map<String, Backprop> layers = new LinkedHashMap<>(choice.layers());
          layers.put(segments.paths().get(k), way);
          longer.add(new BackpropChoice(layers));
        }
      }
      all = longer;
    }
    assertEquals(27, all.size());
    for (BackpropChoice bound : all) {
      long bytes = model.liveBytes(bound);
      double expected =
          all.stream()
              .filter(choice -> model.liveBytes(choice) <= bytes)
              .mapToDouble(costs::nanos)
              .min()
              .orElseThrow();
      BackpropChoice found = Objects.requireNonNull(model.fastest(bytes));
      assertEquals(expected, costs.nanos(found), 1e-6 * expected);
      assertTrue(model.liveBytes(found) <= bytes);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"qvgg7", "qresnet14"})
  void tenBudgetsFitTrainAndGetFaster(String name) {
    Steps steps = steps(name);
    var optimizer = new QuadraticOptimizer(steps, BATCH, costs(steps.segments()));
    long least = optimizer.leastBytes();
    long most = optimizer.mostBytes();
    assertTrue(least < most);
    double before = Double.POSITIVE_INFINITY;
    for (int i = 0; i < 10; i++) {
      long budget = least + (most - least) * i / 9;
      QuadraticOptimizer.Chosen chosen = optimizer.within(budget);
      assertTrue(chosen.peakBytes() <= budget);
      assertTrue(chosen.nanos() <= before, "more memory is not slower");
      assertTrue(chosen.leastNanos() <= chosen.nanos());
      before = chosen.nanos();
      try (Model model = Model.create(steps.layer(), steps.example(), 1);
          TrainingStep step =
              TrainingStep.compile(
                  model, backend, steps.recipe().backprop(chosen.choice()), BATCH)) {
        assertTrue(Double.isFinite(step.run(0, 1e-3)));
        assertEquals(chosen.peakBytes(), step.measuredPeakBytes());
      }
    }
    var error = assertThrows(BudgetException.class, () -> optimizer.within(least - 1));
    assertEquals(least, error.leastBytes());
    // Nothing is measured for these; a bound on live bytes cannot see gaps.
    QuadraticOptimizer.requirePossible(steps, BATCH, least);
    assertThrows(
        BudgetException.class,
        () -> QuadraticOptimizer.requirePossible(steps, BATCH, least * 9 / 10));
    for (long size : List.of(least, least - 1)) { // they look alike in MiB
      assertTrue(error.getMessage().contains("(" + size + " bytes)"), error.getMessage());
    }
    assertEquals(
        optimizer.within(most).nanos(),
        optimizer.within(Long.MAX_VALUE).nanos(),
        "no more to gain");
  }

  @Test
  void theSameCostsGiveTheSameChoice() {
    Steps steps = steps("qresnet14");
    LayerCosts costs = costs(steps.segments());
    var one = new QuadraticOptimizer(steps, BATCH, costs);
    var other = new QuadraticOptimizer(steps, BATCH, costs);
    long budget = (one.leastBytes() + one.mostBytes()) / 2;
    assertEquals(one.within(budget), other.within(budget));
  }

  @Test
  void everyWayOfEveryLayerIsMeasured() {
    Steps steps = steps("qcnn");
    Segments segments = steps.segments();
    long tight = steps.peakBytes(2, segments.uniform(Backprop.AUTODIFF));
    LayerCosts costs = LayerCosts.measure(steps, BATCH, tight);
    assertEquals(
        segments.paths().subList(1, segments.count()), List.copyOf(costs.nanos().keySet()));
    costs
        .nanos()
        .forEach(
            (path, ways) -> {
              assertEquals(3, ways.size(), path);
              assertTrue(ways.values().stream().allMatch(nanos -> nanos > 0), path);
            });
  }

  @Test
  void firstOrderLayersKnowTwoWays() {
    Segments segments = steps("resnet20").segments();
    assertEquals(
        List.of(Backprop.AUTODIFF, Backprop.BLOCK), segments.ways().get(1), segments.toString());
  }

  @Test
  void theLargestBatchFitsAndTheNextDoesNot() {
    Steps steps = steps("qcnn");
    BackpropChoice block = steps.segments().uniform(Backprop.BLOCK);
    for (int batch : new int[] {1, 2, 7, 24}) {
      long budget = steps.peakBytes(batch, block);
      assertEquals(batch, LargestBatch.of(steps, budget, 1000));
      assertEquals(Math.max(1, batch - 1), LargestBatch.of(steps, budget, Math.max(1, batch - 1)));
    }
    long one = steps.peakBytes(1, block);
    var error = assertThrows(BudgetException.class, () -> LargestBatch.of(steps, one - 1, 1000));
    assertEquals(one, error.leastBytes());
  }
}
