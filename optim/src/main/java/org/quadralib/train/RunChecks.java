package org.quadralib.train;

import org.quadralib.data.DataSplits;
import org.quadralib.data.ImageShape;
import org.quadralib.data.Transform;
import org.quadralib.layers.Model;
import org.quadralib.tensor.Shape;

/** Checks that a model, a configuration and data go together, before anything is allocated. */
final class RunChecks {
  private RunChecks() {}

  /**
   * Checks all that can be known.
   *
   * @throws IllegalArgumentException if something does not fit, saying what to change
   */
  static void check(Model model, TrainingConfig config, DataSplits data) {
    if (data.train().size() < config.batchSize()) {
      throw new IllegalArgumentException(
          "the training set %s has %d examples, fewer than a batch of %d; use a smaller batch"
              .formatted(data.train().name(), data.train().size(), config.batchSize()));
    }
    if (config.patience().isPresent() && !data.hasValidation()) {
      throw new IllegalArgumentException(
          "early stopping needs a validation set, but %s has none; hold out a part of it"
              .formatted(data.train().name()));
    }
    requireShape(model, data.train().shape(), config.trainTransforms(), "training");
    requireShape(model, data.test().shape(), config.evaluationTransforms(), "evaluation");
  }

  static void requireShape(
      Model model, ImageShape images, Iterable<Transform> transforms, String use) {
    ImageShape shape = images;
    for (Transform transform : transforms) {
      shape = transform.outputShape(shape);
    }
    if (!model.example().equals(Shape.of(shape.channels(), shape.height(), shape.width()))) {
      throw new IllegalArgumentException(
          "the model takes examples %s, but %s images are %s; make the model for that shape"
              .formatted(model.example(), use, shape));
    }
  }
}
