package org.quadralib.layers;

import org.quadralib.graph.Value;
import org.quadralib.graph.op.UnaryFunction;

/** {@code min(max(x, low), high)}; with 0 and 6 it is ReLU6. */
public record Clip(double low, double high) implements Layer {
  /** Rejects empty ranges. */
  public Clip {
    if (!(low < high) || !Double.isFinite(low)) {
      throw new IllegalArgumentException(
          "a range to clip to needs a finite lower end below the upper, not %s and %s"
              .formatted(low, high));
    }
  }

  @Override
  public Value trace(Trace trace, Value x) {
    var ops = trace.ops();
    Value above = low == 0 ? x : ops.affine(x, 1, -low);
    Value positive = ops.unary(UnaryFunction.RELU, above);
    Value bounded = low == 0 ? positive : ops.affine(positive, 1, low);
    return Double.isInfinite(high) ? bounded : ops.unary(UnaryFunction.MIN, high, bounded);
  }
}
