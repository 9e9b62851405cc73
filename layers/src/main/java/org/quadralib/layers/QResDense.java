package org.quadralib.layers;

import org.quadralib.graph.Value;
import org.quadralib.tensor.Shape;

/**
 * Quadratic residual layer (QRes; Bu & Karpatne 2021, arXiv 2101.08366): {@code y = A ∘ (W₂x) + A}
 * with {@code A = W₁x + b}, {@code [n, in]} to {@code [n, out]}; a tanh usually follows. State:
 * {@code fc1.weight, fc2.weight [out, in]}, {@code fc1.bias [out]}.
 */
public record QResDense(int out, Initializer initializer) implements Layer {
  /** With Glorot's initialisation, which suits the tanh. */
  public QResDense(int out) {
    this(out, Initializer.xavierNormal());
  }

  @Override
  public Value trace(Trace trace, Value x) {
    Layers.requireRank(trace, "QResDense", x, 2, "[batch, features]; put a Flatten before it");
    Shape shape = Shape.of(out, x.shape().dim(1));
    Value a =
        trace
            .graph()
            .inScope(
                "fc1",
                () ->
                    trace
                        .graph()
                        .apply(
                            new org.quadralib.graph.op.Dense(1, true),
                            x,
                            trace.weight("weight", shape, initializer),
                            trace.bias("bias", out)));
    Value factor =
        trace
            .graph()
            .inScope(
                "fc2",
                () -> {
                  Value weight =
                      trace.parameter(
                          "weight",
                          shape,
                          initializer,
                          ParameterSpec.Kind.WEIGHT,
                          ParameterSpec.Order.SECOND);
                  return trace.graph().apply(new org.quadralib.graph.op.Dense(1, false), x, weight);
                });
    return trace.ops().mulAdd(a, factor, a);
  }
}
