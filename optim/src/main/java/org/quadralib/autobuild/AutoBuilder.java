package org.quadralib.autobuild;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.quadralib.backend.Backend;
import org.quadralib.builder.QuadraticConversion;
import org.quadralib.builder.Unit;
import org.quadralib.builder.Units;
import org.quadralib.builder.WeightTransfer;
import org.quadralib.data.DataSplits;
import org.quadralib.layers.Layer;
import org.quadralib.layers.Model;
import org.quadralib.models.Baselines;
import org.quadralib.tensor.Shape;

/**
 * Makes a quadratic network of a first-order one (Xu et al. 2022): converts it without changing its
 * outputs, trains it, then removes the most dispensable units and retrains until a budget is met.
 *
 * <p>Every stage goes into a folder of its own: architecture, weights, and what was measured. A
 * build that was stopped goes on from there; nothing that is done is done again.
 */
public final class AutoBuilder {
  private final AutoBuildConfig config;
  private final Backend backend;
  private final DataSplits data;
  private final StageRunner runner;
  private final Shape example;

  /**
   * A builder.
   *
   * @param folder of the build; created if it does not exist
   * @param progress hears of stages and their training
   */
  public AutoBuilder(
      AutoBuildConfig config,
      Backend backend,
      DataSplits data,
      Path folder,
      BuildProgress progress) {
    this.config = config;
    this.backend = backend;
    this.data = data;
    this.example =
        Shape.of(
            data.train().shape().channels(),
            data.train().shape().height(),
            data.train().shape().width());
    this.runner = new StageRunner(config, backend, data, folder, example, progress);
  }

  /** Asks the build to end soon, saved; from any thread. */
  public void stop() {
    runner.stop();
  }

  /**
   * Builds, or goes on with a build.
   *
   * @param weights of the network if it comes trained; null for random ones
   * @return all stages; the last with the product is {@link AutoBuildResult#product()}
   * @throws IOException if the folder cannot be read or written
   * @throws InterruptedBuildException if it was stopped
   */
  public AutoBuildResult build(Layer firstOrder, @Nullable Path weights) throws IOException {
    if (data.validation().size() == 0) {
      throw new IllegalArgumentException(
          "the auto-builder needs validation images to choose by; leave out --validation 0");
    }
    List<Stage> stages = new ArrayList<>();
    List<Layer> networks = new ArrayList<>();
    QuadraticConversion conversion = config.conversion();
    Layer converted = conversion.convert(firstOrder); // what cannot be converted is no work yet
    add(
        stages,
        networks,
        runner.run(
            StageRunner.Task.of("first-order", firstOrder, config.epochs().firstOrder())
                .weights(weights)),
        firstOrder);
    add(
        stages,
        networks,
        runner.run(
            StageRunner.Task.of("converted", converted, config.epochs().converted())
                .start(
                    model -> {
                      try (Model before = runner.load("first-order", firstOrder)) {
                        conversion.transfer(before, model);
                        return OutputDifference.between(before, model, backend, data);
                      }
                    })),
        converted);
    String obstacle = rounds(stages, networks);
    Layer last = networks.getLast();
    String before = stages.getLast().name();
    Stage product =
        runner.run(
            StageRunner.Task.of("final", last, config.epochs().last())
                .start(model -> take(before, last, model)));
    stages.add(product);
    @Nullable Stage baseline = config.baseline() ? baseline(firstOrder, stages) : null;
    boolean met = config.budget().isMet(product.cost(), product.validationAccuracy());
    return new AutoBuildResult(
        stages, product, last, firstOrder, baseline, met, note(met, product, obstacle));
  }

  private String note(boolean met, Stage product, String obstacle) {
    return "The budget is %s: %s%s."
        .formatted(
            met ? "met" : "not met",
            config.budget().compared(product.cost(), product.validationAccuracy()),
            obstacle.isEmpty() ? "" : "; " + obstacle);
  }

  /** Removes and retrains until the network is small enough; what ended it before, or nothing. */
  private String rounds(List<Stage> stages, List<Layer> networks) throws IOException {
    for (int round = 1; !config.budget().isSmallEnough(stages.getLast().cost()); round++) {
      Layer network = networks.getLast();
      String before = stages.getLast().name();
      List<Unit> units = units(network);
      if (units.isEmpty()) {
        return "nothing is left that can be removed";
      }
      List<Probe> probes = runner.probe("round-" + round, before, network, units);
      List<Unit> chosen = choose(units, probes);
      Layer smaller = network;
      for (Unit unit : chosen) {
        smaller = Units.without(smaller, unit);
      }
      Layer next = smaller;
      Stage stage =
          runner.run(
              StageRunner.Task.of("round-" + round, next, config.epochs().round())
                  .removed(chosen.stream().map(Unit::path).toList(), probes)
                  .start(model -> take(before, network, model)));
      if (!config.budget().allows(stage.validationAccuracy())) {
        return String.format(
            Locale.ROOT,
            "without %s validation accuracy falls to %.2f%%",
            String.join(", ", stage.removed()),
            100 * stage.validationAccuracy());
      }
      add(stages, networks, stage, next);
    }
    return "";
  }

  /** Units whose removal makes the network cheaper. */
  private List<Unit> units(Layer network) {
    long parameters = Baselines.Match.PARAMS.of(network, example);
    long macs = Baselines.Match.MACS.of(network, example);
    return Units.removable(network, example).stream()
        .filter(
            unit -> {
              Layer without = Units.without(network, unit);
              return Baselines.Match.PARAMS.of(without, example) <= parameters
                  && Baselines.Match.MACS.of(without, example) <= macs;
            })
        .toList();
  }

  /** The most dispensable units that can go together. */
  private List<Unit> choose(List<Unit> units, List<Probe> probes) {
    List<Unit> chosen = new ArrayList<>();
    for (Probe probe : probes) {
      Unit unit =
          units.stream().filter(u -> u.path().equals(probe.unit())).findFirst().orElseThrow();
      boolean apart =
          chosen.stream().noneMatch(other -> other.owns(unit.path()) || unit.owns(other.path()));
      if (apart && chosen.size() < config.removals()) {
        chosen.add(unit);
      }
    }
    return chosen;
  }

  /** Gives a model what fits of the weights of a stage that is done. */
  private double take(String stage, Layer network, Model model) {
    try (Model before = runner.load(stage, network)) {
      WeightTransfer.copy(before, model);
    }
    return 0;
  }

  private Stage baseline(Layer firstOrder, List<Stage> stages) throws IOException {
    long parameters = stages.getLast().cost().parameters();
    Layer network =
        Baselines.matching(firstOrder, example, Baselines.Match.PARAMS, parameters).layer();
    int epochs = stages.stream().mapToInt(Stage::epochs).sum();
    return runner.run(StageRunner.Task.of("baseline", network, epochs));
  }

  private static void add(List<Stage> stages, List<Layer> networks, Stage stage, Layer network) {
    Set<String> names = stages.stream().map(Stage::name).collect(Collectors.toSet());
    if (!names.add(stage.name())) {
      throw new IllegalStateException("two stages are named " + stage.name());
    }
    stages.add(stage);
    networks.add(network);
  }
}
