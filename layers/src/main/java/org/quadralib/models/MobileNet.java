package org.quadralib.models;

import org.quadralib.layers.Activation;
import org.quadralib.layers.BatchNorm2d;
import org.quadralib.layers.Conv2d;
import org.quadralib.layers.Dense;
import org.quadralib.layers.GlobalAvgPool2d;
import org.quadralib.layers.Layer;
import org.quadralib.layers.Sequential;

/**
 * MobileNetV1 (Howard et al. 2017) and its quadratic relative, whose depthwise convolutions are
 * quadratic. State: {@code model.B.N.*}, {@code fc.*}.
 */
final class MobileNet {
  /** Results and stride of the depthwise-separable blocks. */
  private static final int[][] BLOCKS = {
    {64, 1}, {128, 2}, {128, 1}, {256, 2}, {256, 1}, {512, 2}, {512, 1}, {512, 1}, {512, 1},
    {512, 1}, {512, 1}, {1024, 2}, {1024, 1},
  };

  private MobileNet() {}

  static ModelEntry.Family family() {
    return (example, classes, neurons) -> network(classes, neurons);
  }

  private static Layer network(int classes, Neurons neurons) {
    int channels = 32;
    Sequential model =
        Sequential.of(
            Sequential.of(
                new Conv2d(channels, 3).stride(2).padding(1).bias(false),
                new BatchNorm2d(),
                Activation.relu()));
    for (int[] block : BLOCKS) {
      Conv2d depthwise =
          new Conv2d(channels, 3).stride(block[1]).padding(1).groups(Conv2d.DEPTHWISE).bias(false);
      channels = block[0];
      model =
          model.then(
              Sequential.of(
                  neurons.of(depthwise),
                  new BatchNorm2d(),
                  Activation.relu(),
                  new Conv2d(channels, 1).bias(false),
                  new BatchNorm2d(),
                  Activation.relu()));
    }
    return Sequential.of()
        .then("model", model)
        .then("pool", new GlobalAvgPool2d())
        .then("fc", new Dense(classes));
  }
}
