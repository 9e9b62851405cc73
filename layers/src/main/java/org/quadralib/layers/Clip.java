package org.quadralib.layers;

import org.quadralib.graph.Ops;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.UnaryFunction;

/** {@code min(max(x, low), high)}; with 0 and 6 it is ReLU6. Either end may be infinite. */
public record Clip(double low, double high) implements Layer {
  /** Rejects empty ranges. */
  public Clip {
    if (!(low < high)) {
      throw new IllegalArgumentException(
          "a range to clip to needs a lower end below the upper, not %s and %s"
              .formatted(low, high));
    }
  }

  @Override
  public Value trace(Trace trace, Value x) {
    Value above = Double.isInfinite(low) ? x : atLeast(trace.ops(), x);
    return Double.isInfinite(high) ? above : trace.ops().unary(UnaryFunction.MIN, high, above);
  }

  private Value atLeast(Ops ops, Value x) {
    if (low == 0) {
      return ops.unary(UnaryFunction.RELU, x);
    }
    return ops.affine(ops.unary(UnaryFunction.RELU, ops.affine(x, 1, -low)), 1, low);
  }
}
