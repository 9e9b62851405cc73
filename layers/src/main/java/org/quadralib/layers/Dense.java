package org.quadralib.layers;

import org.quadralib.graph.Value;
import org.quadralib.tensor.Shape;

/**
 * Fully connected layer {@code y = x Wᵀ + b}: {@code [n, in]} to {@code [n, out]}. State: {@code
 * weight [out, in]}, {@code bias [out]}.
 */
public record Dense(int out, boolean bias, Initializer initializer) implements Layer {
  /** Checks the number of outputs. */
  public Dense {
    Layers.requirePositive("Dense", "out", out);
  }

  /** With bias and Kaiming's initialisation. */
  public Dense(int out) {
    this(out, true, Initializer.kaimingNormal());
  }

  /** The same layer, differently initialised. */
  public Dense initializer(Initializer other) {
    return new Dense(out, bias, other);
  }

  @Override
  public Value trace(Trace trace, Value x) {
    Layers.requireRank(trace, "Dense", x, 2, "[batch, features]; put a Flatten before it");
    Value weight = trace.weight("weight", Shape.of(out, x.shape().dim(1)), initializer);
    var op = new org.quadralib.graph.op.Dense(1, bias);
    return bias
        ? trace.graph().apply(op, x, weight, trace.bias("bias", out))
        : trace.graph().apply(op, x, weight);
  }
}
