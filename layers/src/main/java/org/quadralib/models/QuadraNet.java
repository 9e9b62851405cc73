package org.quadralib.models;

import org.quadralib.layers.BatchNorm2d;
import org.quadralib.layers.Conv2d;
import org.quadralib.layers.Dense;
import org.quadralib.layers.DepthwiseQuadraticBlock;
import org.quadralib.layers.GlobalAvgPool2d;
import org.quadralib.layers.Layer;
import org.quadralib.layers.Sequential;
import org.quadralib.tensor.Shape;

/**
 * A small network of QuadraNet blocks (arXiv 2311.17956): three stages of two, normalised between
 * stages only. State: {@code stem.*, stageN.*, downN.*, head.*}.
 */
final class QuadraNet {
  private QuadraNet() {}

  static Layer network(Shape example, int classes) {
    Sequential network = Sequential.of().then("stem", normalized(new Conv2d(32, 3).padding(1)));
    int side = Math.min(example.dim(1), example.dim(2));
    for (int stage = 1; stage <= 3; stage++) {
      if (stage > 1) {
        int step = side > 1 ? 2 : 1;
        side /= step;
        Conv2d down = new Conv2d(16 << stage, step).stride(step);
        network = network.then("down" + stage, normalized(down));
      }
      network =
          network.then(
              "stage" + stage,
              Sequential.of(new DepthwiseQuadraticBlock(), new DepthwiseQuadraticBlock()));
    }
    return network
        .then("norm", new BatchNorm2d())
        .then("pool", new GlobalAvgPool2d())
        .then("head", new Dense(classes));
  }

  private static Layer normalized(Conv2d convolution) {
    return Sequential.of(convolution, new BatchNorm2d());
  }
}
