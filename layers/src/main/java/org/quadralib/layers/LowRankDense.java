package org.quadralib.layers;

import org.quadralib.graph.Value;
import org.quadralib.graph.op.LinearOp;

/**
 * Quadratic neurons of low rank (arXiv 2306.07294): {@code y = xᵀQΛQᵀx + Wx + b}, {@code [n, in]}
 * to {@code [n, out]}. State: {@code q.weight [out·rank, in]}, {@code lambda [out, rank]}, {@code
 * linear.weight [out, in]}, {@code linear.bias [out]}. {@code lambda} starts at 0, so the layer
 * starts first-order.
 *
 * @param rank of the quadratic form of each neuron
 * @param projections whether the products {@code Qᵀx} follow as {@code out·rank} more outputs
 */
public record LowRankDense(int out, int rank, boolean projections, Initializer initializer)
    implements Layer {
  /** Rejects ranks below 1. */
  public LowRankDense {
    LowRankForm.requireRank(rank);
  }

  /** With Kaiming's initialisation, without the projections as outputs. */
  public LowRankDense(int out, int rank) {
    this(out, rank, false, Initializer.kaimingNormal());
  }

  /** With or without the products {@code Qᵀx} as further outputs. */
  public LowRankDense projections(boolean other) {
    return new LowRankDense(out, rank, other, initializer);
  }

  @Override
  public Value trace(Trace trace, Value x) {
    Layers.requireRank(trace, "LowRankDense", x, 2, "[batch, features]; put a Flatten before it");
    LinearOp map = new org.quadralib.graph.op.Dense(1, false);
    return new LowRankForm(map, out, rank, projections, initializer).trace(trace, x);
  }
}
