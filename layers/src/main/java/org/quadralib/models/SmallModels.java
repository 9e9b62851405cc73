package org.quadralib.models;

import org.quadralib.layers.Activation;
import org.quadralib.layers.BatchNorm2d;
import org.quadralib.layers.Dense;
import org.quadralib.layers.Flatten;
import org.quadralib.layers.GlobalAvgPool2d;
import org.quadralib.layers.Layer;
import org.quadralib.layers.MaxPool2d;
import org.quadralib.layers.QuadraticConv2d;
import org.quadralib.layers.QuadraticDense;
import org.quadralib.layers.Sequential;

/** Models small enough to train on handwritten digits in seconds. */
final class SmallModels {
  private SmallModels() {}

  /** Three quadratic convolutions; for any image of at least 2×2 pixels. */
  static Layer quadraticCnn(int classes) {
    return Sequential.of(
        quadraticConvolution(16),
        new BatchNorm2d(),
        Activation.relu(),
        quadraticConvolution(32),
        new BatchNorm2d(),
        Activation.relu(),
        new MaxPool2d(2),
        quadraticConvolution(32),
        new BatchNorm2d(),
        Activation.relu(),
        new GlobalAvgPool2d(),
        new Dense(classes));
  }

  /** One hidden layer of quadratic neurons. */
  static Layer quadraticMlp(int classes) {
    return Sequential.of(
        new Flatten(),
        new QuadraticDense(32),
        new BatchNorm2d(),
        Activation.relu(),
        new Dense(classes));
  }

  private static QuadraticConv2d quadraticConvolution(int out) {
    return new QuadraticConv2d(out, 3).padding(1).branchNorm(true);
  }
}
