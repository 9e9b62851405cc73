package org.quadralib;

import java.util.List;
import java.util.Random;
import org.quadralib.backend.Backend;
import org.quadralib.data.DataSplits;
import org.quadralib.data.ImageShape;
import org.quadralib.data.InMemoryDataset;
import org.quadralib.layers.Activation;
import org.quadralib.layers.BatchNorm2d;
import org.quadralib.layers.Dense;
import org.quadralib.layers.GlobalAvgPool2d;
import org.quadralib.layers.Layer;
import org.quadralib.layers.Model;
import org.quadralib.layers.QuadraticConv2d;
import org.quadralib.layers.Sequential;
import org.quadralib.optim.AdamW;
import org.quadralib.optim.Schedule;
import org.quadralib.tensor.Shape;
import org.quadralib.train.Trainer;
import org.quadralib.train.TrainingConfig;
import org.quadralib.train.TrainingListener;
import org.quadralib.train.TrainingResult;

/** A training of seconds on images whose class shows in the place of a bright square. */
public final class SmallRun {
  /** Images of 1×8×8. */
  public static final ImageShape SHAPE = new ImageShape(1, 8, 8);

  private SmallRun() {}

  /** A network with two quadratic layers, the second with normalised branches. */
  public static Layer network(int classes) {
    return Sequential.of()
        .then("q1", new QuadraticConv2d(4, 3).padding(1))
        .then("bn1", new BatchNorm2d())
        .then("relu1", Activation.relu())
        .then("q2", new QuadraticConv2d(6, 3).padding(1).branchNorm(true))
        .then("relu2", Activation.relu())
        .then("pool", new GlobalAvgPool2d())
        .then("fc", new Dense(classes));
  }

  /** A fresh model for {@link #SHAPE}. */
  public static Model model(int classes) {
    return Model.create(network(classes), Shape.of(1, 8, 8), 3);
  }

  /** Images of one class each in turn. */
  public static InMemoryDataset images(String name, int count, List<String> classes, long seed) {
    Random random = new Random(seed);
    byte[] pixels = new byte[count * SHAPE.size()];
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = i % classes.size();
      for (int p = 0; p < SHAPE.size(); p++) {
        boolean inside = p / 8 / 3 == labels[i] / 3 && p % 8 / 3 == labels[i] % 3;
        pixels[i * SHAPE.size() + p] = (byte) (random.nextInt(90) + (inside ? 120 : 0));
      }
    }
    return InMemoryDataset.of(name, SHAPE, classes, pixels, labels);
  }

  /** Data to train, validate and test on. */
  public static DataSplits data(List<String> classes) {
    return new DataSplits(
        images("train", 96, classes, 1),
        images("validation", 24, classes, 2),
        images("test", 40, classes, 3));
  }

  /** Trains a model. */
  public static TrainingResult train(
      Model model, Backend backend, DataSplits data, int epochs, TrainingListener... listeners) {
    TrainingConfig.Builder config =
        TrainingConfig.builder()
            .epochs(epochs)
            .batchSize(16)
            .seed(5)
            .recipe(recipe -> recipe.optimizer(new AdamW()))
            .schedule(horizon -> Schedule.constant(0.01));
    for (TrainingListener listener : listeners) {
      config.listener(listener);
    }
    return new Trainer(model, backend, config.build()).fit(data);
  }
}
