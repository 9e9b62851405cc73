package org.quadralib.layers;

import org.quadralib.graph.Value;

/**
 * Block of a QuadraNet (arXiv 2311.17956): a depthwise quadratic convolution, then two 1×1
 * convolutions with GELU between them, scaled and added to the input. There is no normalisation
 * inside. State: {@code dwconv.conv1 … conv3, pwconv1, pwconv2, scale.gamma}.
 *
 * @param kernel odd side of the depthwise kernel
 * @param expansion channels between the 1×1 convolutions, as a multiple of those of the input
 * @param layerScale first value of the scale; see {@link LayerScale}
 */
public record DepthwiseQuadraticBlock(int kernel, int expansion, double layerScale)
    implements Layer {
  /** Rejects even kernels and expansions below 1. */
  public DepthwiseQuadraticBlock {
    if (kernel < 1 || kernel % 2 == 0 || expansion < 1) {
      throw new IllegalArgumentException(
          "a depthwise quadratic block needs an odd kernel and an expansion of at least 1, not %d and %d"
              .formatted(kernel, expansion));
    }
  }

  /** As published: kernel 7, expansion 4. */
  public DepthwiseQuadraticBlock() {
    this(7, 4, 0.1);
  }

  @Override
  public Value trace(Trace trace, Value x) {
    Layers.requireRank(trace, "DepthwiseQuadraticBlock", x, 4, "[batch, channels, height, width]");
    int channels = x.shape().dim(1);
    Sequential body =
        Sequential.of()
            .then(
                "dwconv",
                new QuadraticConv2d(channels, kernel).padding(kernel / 2).groups(Conv2d.DEPTHWISE))
            .then("pwconv1", new Conv2d(expansion * channels, 1))
            .then("act", Activation.gelu())
            .then("pwconv2", new Conv2d(channels, 1))
            .then("scale", new LayerScale(layerScale));
    return new Residual(body).trace(trace, x);
  }
}
