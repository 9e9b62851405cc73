package org.quadralib.train;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.quadralib.data.DataOptions;
import org.quadralib.data.DataSplits;
import org.quadralib.data.Datasets;
import org.quadralib.data.RandomCrop;
import org.quadralib.data.Subset;
import org.quadralib.layers.Activation;
import org.quadralib.layers.BatchNorm2d;
import org.quadralib.layers.Dense;
import org.quadralib.layers.Dropout;
import org.quadralib.layers.Flatten;
import org.quadralib.layers.Layer;
import org.quadralib.layers.Model;
import org.quadralib.layers.QuadraticDense;
import org.quadralib.layers.Sequential;
import org.quadralib.optim.Adam;
import org.quadralib.optim.GradientClipping;
import org.quadralib.optim.Schedule;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.Tensor;

/** A run with everything in it that a checkpoint must not lose, small enough to repeat often. */
final class TinyRun {
  static final int EPOCHS = 3;

  private TinyRun() {}

  static DataSplits data() {
    DataSplits all = Datasets.open("digits", null, DataOptions.defaults());
    return new DataSplits(
        Subset.first(all.train(), 150),
        Subset.first(all.validation(), 50),
        Subset.first(all.test(), 50));
  }

  static Layer network() {
    return Sequential.of(
        new Flatten(),
        new QuadraticDense(12),
        new BatchNorm2d(),
        Activation.relu(),
        new Dropout(0.2),
        new Dense(10));
  }

  static Model model() {
    return Model.create(network(), Shape.of(1, 8, 8), 5);
  }

  /** 9 steps an epoch; the last batch of a validation is incomplete. */
  static TrainingConfig.Builder config() {
    return TrainingConfig.builder()
        .modelName("tiny")
        .epochs(EPOCHS)
        .batchSize(16)
        .seed(11)
        .recipe(
            recipe ->
                recipe.optimizer(new Adam().weightDecay(1e-3)).clipping(GradientClipping.byNorm(1)))
        .schedule(run -> Schedule.oneCycle(0.02, run.steps()))
        .trainTransforms(List.of(new RandomCrop(1)));
  }

  static TrainingConfig.Builder config(Path folder, int everySteps) {
    return config().checkpoints(CheckpointPolicy.in(folder).everySteps(everySteps));
  }

  /** Copies of all parameters and running statistics, to compare bit by bit. */
  static Map<String, List<Integer>> bits(Model model) {
    Map<String, List<Integer>> bits = new LinkedHashMap<>();
    for (Map.Entry<String, Tensor> entry : model.parameters().entrySet()) {
      Tensor tensor = entry.getValue();
      List<Integer> values = new java.util.ArrayList<>();
      for (long i = 0; i < tensor.elements(); i++) {
        values.add(Float.floatToRawIntBits((float) tensor.get(i)));
      }
      bits.put(entry.getKey(), values);
    }
    return bits;
  }
}
