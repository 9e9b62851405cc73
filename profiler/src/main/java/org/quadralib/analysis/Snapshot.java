package org.quadralib.analysis;

import static java.util.Objects.requireNonNull;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.quadralib.backend.Backend;
import org.quadralib.layers.Model;
import org.quadralib.loss.CrossEntropy;
import org.quadralib.optim.Sgd;
import org.quadralib.tensor.Tensor;
import org.quadralib.train.EpochResult;
import org.quadralib.train.Recipe;
import org.quadralib.train.Scores;
import org.quadralib.train.TrainingStep;

/** Statistics of a model as it is: of its weights, and of gradients and activations for a batch. */
public final class Snapshot {
  private Snapshot() {}

  /**
   * Takes statistics with one training step that changes nothing and one evaluation.
   *
   * @param images {@code [n, …]}, as the model takes them
   * @param labels one for each image; the loss is cross-entropy
   */
  public static EpochStatistics of(Model model, Backend backend, Tensor images, int[] labels) {
    int batch = Inputs.count(images);
    StatisticsRecorder recorder = new StatisticsRecorder(model, backend);
    try (Arena arena = Arena.ofConfined()) {
      Map<String, MemorySegment> before = new HashMap<>();
      model
          .parameters()
          .forEach(
              (name, tensor) ->
                  before.put(
                      name,
                      arena.allocate(tensor.segment().byteSize(), 8).copyFrom(tensor.segment())));
      MemorySegment targets = arena.allocateFrom(ValueLayout.JAVA_INT, labels);
      Recipe recipe = Recipe.defaults().loss(new CrossEntropy()).optimizer(new Sgd(0, false, 0));
      try (TrainingStep step = TrainingStep.compile(model, backend, recipe, batch)) {
        step.setBatch(images.segment(), targets);
        step.run(0, 0, recorder.watch(0, 0, 1, step.executable()));
      } finally {
        // A step moves the running statistics of norms, and a rate of 0 times infinity is no
        // number.
        model
            .parameters()
            .forEach((name, tensor) -> tensor.segment().copyFrom(requireNonNull(before.get(name))));
      }
    }
    Scores none = new Scores(0, 0, 0);
    recorder.onEpochEnd(new EpochResult(0, 0, none, Optional.empty(), 0, false));
    List<LayerStatistics> layers = new ArrayList<>(recorder.last().layers());
    // Asked for by name, so that no backend fuses them away.
    for (FeatureMaps maps : FeatureMaps.of(model, backend, images, FeatureMaps.layers(model))) {
      add(layers, maps.layer(), Term.FIRST, maps.first());
      add(layers, maps.layer(), Term.SECOND, maps.second());
      add(layers, maps.layer(), Term.SUM, maps.sum());
    }
    return new EpochStatistics(0, layers);
  }

  private static void add(
      List<LayerStatistics> layers, String layer, Term term, float @Nullable [] values) {
    if (values != null) {
      Histogram histogram = Histogram.of(values.length, i -> values[(int) i]);
      layers.add(new LayerStatistics(layer, LayerStatistics.Kind.ACTIVATION, term, histogram));
    }
  }
}
