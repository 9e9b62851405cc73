package org.quadralib.models;

import org.quadralib.layers.Activation;
import org.quadralib.layers.BatchNorm2d;
import org.quadralib.layers.Conv2d;
import org.quadralib.layers.Dense;
import org.quadralib.layers.GlobalAvgPool2d;
import org.quadralib.layers.Layer;
import org.quadralib.layers.Residual;
import org.quadralib.layers.Sequential;

/**
 * Residual networks for small images (He et al. 2016, section 4.2) and their quadratic relatives:
 * three stages of basic blocks with 16, 32 and 64 channels. State: {@code conv1, bn1, layerL.B.*,
 * linear}.
 */
final class ResNet {
  private ResNet() {}

  static ModelEntry.Family family(int blocksPerStage) {
    return (example, classes, neurons) -> network(blocksPerStage, classes, neurons);
  }

  private static Layer network(int blocksPerStage, int classes, Neurons neurons) {
    Sequential network =
        Sequential.of()
            .then("conv1", new Conv2d(16, 3).padding(1).bias(false))
            .then("bn1", new BatchNorm2d())
            .then("relu", Activation.relu());
    int channels = 16;
    for (int stage = 1; stage <= 3; stage++) {
      int out = 16 << (stage - 1);
      Sequential blocks = Sequential.of();
      for (int block = 0; block < blocksPerStage; block++) {
        int stride = stage > 1 && block == 0 ? 2 : 1;
        blocks = blocks.then(basicBlock(channels, out, stride, neurons, Residual.SHORTCUT));
        channels = out;
      }
      network = network.then("layer" + stage, blocks);
    }
    return network.then("pool", new GlobalAvgPool2d()).then("linear", new Dense(classes));
  }

  /** Two 3×3 convolutions and a shortcut around them. */
  static Layer basicBlock(int in, int out, int stride, Neurons neurons, String shortcut) {
    Sequential body =
        Sequential.of()
            .then("conv1", neurons.of(convolution(out, stride)))
            .then("bn1", new BatchNorm2d())
            .then("relu1", Activation.relu())
            .then("conv2", neurons.of(convolution(out, 1)))
            .then("bn2", new BatchNorm2d());
    return sum(body, in == out && stride == 1, out, stride, shortcut);
  }

  /** A body and a shortcut, which changes the shape where the body does, then ReLU. */
  static Layer sum(Sequential body, boolean keepsShape, int out, int stride, String shortcut) {
    Residual sum =
        keepsShape
            ? new Residual(body)
            : new Residual(
                body,
                Sequential.of(new Conv2d(out, 1).stride(stride).bias(false), new BatchNorm2d()));
    // Without a name of its own, so that the parameters keep those of the published state
    // dictionary.
    return Sequential.of().then("", sum.shortcutName(shortcut)).then("relu2", Activation.relu());
  }

  private static Conv2d convolution(int out, int stride) {
    return new Conv2d(out, 3).stride(stride).padding(1).bias(false);
  }
}
