package org.quadralib.models;

import org.quadralib.layers.Activation;
import org.quadralib.layers.BatchNorm2d;
import org.quadralib.layers.Conv2d;
import org.quadralib.layers.Dense;
import org.quadralib.layers.GlobalAvgPool2d;
import org.quadralib.layers.Layer;
import org.quadralib.layers.QuadraticConv2d;
import org.quadralib.layers.Residual;
import org.quadralib.layers.Sequential;

/**
 * Residual networks for small images (He et al. 2016, section 4.2) and their quadratic relatives:
 * three stages of basic blocks with 16, 32 and 64 channels. State: {@code conv1, bn1, layerL.B.*,
 * linear}.
 */
final class ResNet {
  private ResNet() {}

  static Layer resnet32(int classes) {
    return network(5, false, classes);
  }

  static Layer qresnet14(int classes) {
    return network(2, true, classes);
  }

  private static Layer network(int blocksPerStage, boolean quadratic, int classes) {
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
        blocks = blocks.then(block(channels, out, stride, quadratic));
        channels = out;
      }
      network = network.then("layer" + stage, blocks);
    }
    return network.then("pool", new GlobalAvgPool2d()).then("linear", new Dense(classes));
  }

  private static Layer block(int in, int out, int stride, boolean quadratic) {
    Sequential body =
        Sequential.of()
            .then("conv1", convolution(out, stride, quadratic))
            .then("bn1", new BatchNorm2d())
            .then("relu1", Activation.relu())
            .then("conv2", convolution(out, 1, quadratic))
            .then("bn2", new BatchNorm2d());
    Residual sum =
        in == out && stride == 1
            ? new Residual(body)
            : new Residual(
                body,
                Sequential.of(new Conv2d(out, 1).stride(stride).bias(false), new BatchNorm2d()));
    // Without a name of its own, so that the parameters keep those of the published state
    // dictionary.
    return Sequential.of().then("", sum).then("relu2", Activation.relu());
  }

  private static Layer convolution(int out, int stride, boolean quadratic) {
    return quadratic
        ? new QuadraticConv2d(out, 3).stride(stride).padding(1).branchNorm(true)
        : new Conv2d(out, 3).stride(stride).padding(1).bias(false);
  }
}
