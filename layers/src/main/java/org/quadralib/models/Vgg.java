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
import org.quadralib.layers.QuadraticConv2d;
import org.quadralib.layers.Sequential;

/**
 * VGG networks for small images (Simonyan & Zisserman 2015) and their quadratic relatives. In a
 * configuration a number stands for a 3×3 convolution with that many results, batch normalisation
 * and ReLU, {@code M} for max pooling. State: {@code features.N.*}, {@code classifier.*}.
 */
final class Vgg {
  private static final String D = "64 64 M 128 128 M 256 256 256 M 512 512 512 M 512 512 512 M";
  private static final String Q7 = "64 64 M 128 128 M 256 M 512 M 512 M";

  private Vgg() {}

  static Layer vgg16(int classes) {
    return network(D, false, classes);
  }

  static Layer qvgg7(int classes) {
    return network(Q7, true, classes);
  }

  private static Layer network(String configuration, boolean quadratic, int classes) {
    Sequential features = Sequential.of();
    for (String entry : List.of(configuration.split(" ", -1))) {
      if (entry.equals("M")) {
        features = features.then(new MaxPool2d(2));
      } else {
        int out = Integer.parseInt(entry);
        Layer convolution =
            quadratic
                ? new QuadraticConv2d(out, 3).padding(1).branchNorm(true)
                : new Conv2d(out, 3).padding(1);
        features = features.then(convolution).then(new BatchNorm2d()).then(Activation.relu());
      }
    }
    return Sequential.of()
        .then("features", features)
        .then("pool", new GlobalAvgPool2d())
        .then("classifier", new Dense(classes).initializer(Initializer.normal(0.01)));
  }
}
