package org.quadralib.models;

import org.quadralib.layers.Activation;
import org.quadralib.layers.BatchNorm2d;
import org.quadralib.layers.Conv2d;
import org.quadralib.layers.Dense;
import org.quadralib.layers.Flatten;
import org.quadralib.layers.GlobalAvgPool2d;
import org.quadralib.layers.Layer;
import org.quadralib.layers.MaxPool2d;
import org.quadralib.layers.QResDense;
import org.quadralib.layers.Sequential;

/** Models small enough to train on handwritten digits in seconds. */
final class SmallModels {
  private SmallModels() {}

  /** Three convolutions; for any image of at least 2×2 pixels. */
  static Layer cnn(int classes, Neurons neurons) {
    return Sequential.of(
        convolution(16, neurons),
        new BatchNorm2d(),
        Activation.relu(),
        convolution(32, neurons),
        new BatchNorm2d(),
        Activation.relu(),
        new MaxPool2d(2),
        convolution(32, neurons),
        new BatchNorm2d(),
        Activation.relu(),
        new GlobalAvgPool2d(),
        new Dense(classes));
  }

  /** One hidden layer. */
  static Layer mlp(int classes, Neurons neurons) {
    return Sequential.of(
        new Flatten(),
        neurons.of(new Dense(32)),
        new BatchNorm2d(),
        Activation.relu(),
        new Dense(classes));
  }

  /**
   * Two hidden layers of quadratic residual neurons with tanh, as physics-informed networks use.
   */
  static Layer qresMlp(int classes) {
    return Sequential.of(
        new Flatten(),
        new QResDense(64),
        Activation.tanh(),
        new QResDense(64),
        Activation.tanh(),
        new Dense(classes));
  }

  private static Layer convolution(int out, Neurons neurons) {
    return neurons.of(new Conv2d(out, 3).padding(1));
  }
}
