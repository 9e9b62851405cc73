package org.quadralib.models;

import java.util.List;
import org.quadralib.layers.Activation;
import org.quadralib.layers.BatchNorm2d;
import org.quadralib.layers.Conv2d;
import org.quadralib.layers.Dense;
import org.quadralib.layers.GlobalAvgPool2d;
import org.quadralib.layers.Initializer;
import org.quadralib.layers.Layer;
import org.quadralib.layers.MaxPool2d;
import org.quadralib.layers.Sequential;
import org.quadralib.tensor.Shape;

/**
 * VGG networks for small images (Simonyan & Zisserman 2015) and their quadratic relatives. In a
 * configuration a number stands for a 3×3 convolution with that many results, batch normalisation
 * and ReLU, {@code M} for max pooling, which is left out where a side of the image is 1 already.
 * State: {@code features.N.*}, {@code classifier.*}.
 */
final class Vgg {
  static final String A = "64 M 128 M 256 256 M 512 512 M 512 512 M";
  static final String B = "64 64 M 128 128 M 256 256 M 512 512 M 512 512 M";
  static final String D = "64 64 M 128 128 M 256 256 256 M 512 512 512 M 512 512 512 M";
  static final String E = "64 64 M 128 128 M 256 256 256 256 M 512 512 512 512 M 512 512 512 512 M";
  static final String Q7 = "64 64 M 128 128 M 256 M 512 M 512 M";

  private Vgg() {}

  static ModelEntry.Family family(String configuration) {
    return (example, classes, neurons) -> network(configuration, example, classes, neurons);
  }

  private static Layer network(String configuration, Shape example, int classes, Neurons neurons) {
    int side = Math.min(example.dim(1), example.dim(2));
    Sequential features = Sequential.of();
    for (String entry : List.of(configuration.split(" ", -1))) {
      if (entry.equals("M")) {
        if (side > 1) {
          features = features.then(new MaxPool2d(2));
          side /= 2;
        }
      } else {
        Conv2d convolution = new Conv2d(Integer.parseInt(entry), 3).padding(1);
        features =
            features.then(neurons.of(convolution)).then(new BatchNorm2d()).then(Activation.relu());
      }
    }
    return Sequential.of()
        .then("features", features)
        .then("pool", new GlobalAvgPool2d())
        .then("classifier", new Dense(classes).initializer(Initializer.normal(0.01)));
  }
}
