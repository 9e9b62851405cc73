package org.quadralib.layers;

import org.quadralib.graph.Value;
import org.quadralib.graph.op.LinearOp;
import org.quadralib.graph.op.Window;

/**
 * Convolution of quadratic neurons of low rank (arXiv 2306.07294): {@code y = xᵀQΛQᵀx + Wx + b} for
 * each patch {@code x}; {@code [n, c, h, w]} to {@code [n, out, oh, ow]}. State: {@code q.weight
 * [out·rank, c, kh, kw]}, {@code lambda [out, rank]}, {@code linear.weight [out, c, kh, kw]},
 * {@code linear.bias [out]}. {@code lambda} starts at 0, so the layer starts first-order.
 *
 * @param rank of the quadratic form of each neuron
 * @param projections whether the products {@code Qᵀx} follow as {@code out·rank} more channels
 */
public record LowRankConv2d(
    int out, Window window, int rank, boolean projections, Initializer initializer)
    implements Layer {
  /** Rejects ranks below 1. */
  public LowRankConv2d {
    LowRankForm.requireRank(rank);
  }

  /** A square kernel with stride 1, no padding, Kaiming's initialisation, no projections. */
  public LowRankConv2d(int out, int kernel, int rank) {
    this(out, Window.square(kernel, 1, 0), rank, false, Initializer.kaimingNormal());
  }

  /** With another window. */
  public LowRankConv2d window(Window other) {
    return new LowRankConv2d(out, other, rank, projections, initializer);
  }

  /** With zeros around the image. */
  public LowRankConv2d padding(int padding) {
    return window(Windows.padding(window, padding));
  }

  /** With or without the products {@code Qᵀx} as further channels. */
  public LowRankConv2d projections(boolean other) {
    return new LowRankConv2d(out, window, rank, other, initializer);
  }

  @Override
  public Value trace(Trace trace, Value x) {
    Layers.requireRank(trace, "LowRankConv2d", x, 4, "[batch, channels, height, width]");
    LinearOp map = new org.quadralib.graph.op.Conv2d(window, 1, 1, false);
    return new LowRankForm(map, out, rank, projections, initializer).trace(trace, x);
  }
}
