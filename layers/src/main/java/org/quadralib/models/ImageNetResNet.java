package org.quadralib.models;

import java.util.List;
import org.quadralib.graph.op.Window;
import org.quadralib.layers.Activation;
import org.quadralib.layers.BatchNorm2d;
import org.quadralib.layers.Conv2d;
import org.quadralib.layers.Dense;
import org.quadralib.layers.GlobalAvgPool2d;
import org.quadralib.layers.Layer;
import org.quadralib.layers.MaxPool2d;
import org.quadralib.layers.Sequential;

/**
 * Residual networks for large images (He et al. 2016, table 1) and their quadratic relatives, whose
 * 3×3 convolutions in the blocks are quadratic. State as in torchvision: {@code conv1, bn1,
 * layerL.B.*, layerL.B.downsample.*, fc}.
 */
final class ImageNetResNet {
  private static final String SHORTCUT = "downsample";
  private static final int EXPANSION = 4;

  private ImageNetResNet() {}

  /** Of basic blocks. */
  static ModelEntry.Family basic(Integer... blocks) {
    return (example, classes, neurons) -> network(List.of(blocks), false, classes, neurons);
  }

  /** Of blocks 1×1, 3×3, 1×1. */
  static ModelEntry.Family bottleneck(Integer... blocks) {
    return (example, classes, neurons) -> network(List.of(blocks), true, classes, neurons);
  }

  private static Layer network(
      List<Integer> blocksOfStages, boolean bottleneck, int classes, Neurons neurons) {
    Sequential network =
        Sequential.of()
            .then("conv1", new Conv2d(64, 7).stride(2).padding(3).bias(false))
            .then("bn1", new BatchNorm2d())
            .then("relu", Activation.relu())
            .then("maxpool", new MaxPool2d(Window.square(3, 2, 1)));
    int channels = 64;
    for (int stage = 0; stage < blocksOfStages.size(); stage++) {
      int width = 64 << stage;
      int out = bottleneck ? EXPANSION * width : width;
      Sequential blocks = Sequential.of();
      for (int block = 0; block < blocksOfStages.get(stage); block++) {
        int stride = stage > 0 && block == 0 ? 2 : 1;
        blocks =
            blocks.then(
                bottleneck
                    ? bottleneckBlock(channels, width, stride, neurons)
                    : ResNet.basicBlock(channels, out, stride, neurons, SHORTCUT));
        channels = out;
      }
      network = network.then("layer" + (stage + 1), blocks);
    }
    return network.then("avgpool", new GlobalAvgPool2d()).then("fc", new Dense(classes));
  }

  private static Layer bottleneckBlock(int in, int width, int stride, Neurons neurons) {
    int out = EXPANSION * width;
    Conv2d spatial = new Conv2d(width, 3).stride(stride).padding(1).bias(false);
    Sequential body =
        Sequential.of()
            .then("conv1", new Conv2d(width, 1).bias(false))
            .then("bn1", new BatchNorm2d())
            .then("relu1", Activation.relu())
            .then("conv2", neurons.of(spatial))
            .then("bn2", new BatchNorm2d())
            .then("relu2", Activation.relu())
            .then("conv3", new Conv2d(out, 1).bias(false))
            .then("bn3", new BatchNorm2d());
    return ResNet.sum(body, in == out && stride == 1, out, stride, SHORTCUT);
  }
}
