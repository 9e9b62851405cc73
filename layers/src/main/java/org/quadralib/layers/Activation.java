package org.quadralib.layers;

import org.quadralib.graph.Value;
import org.quadralib.graph.op.Unary;
import org.quadralib.graph.op.UnaryFunction;

/** An element-wise function. It has no state. */
public record Activation(UnaryFunction function, double parameter) implements Layer {
  /** {@code max(x, 0)}. */
  public static Activation relu() {
    return new Activation(UnaryFunction.RELU, 0);
  }

  /**
   * {@code x} where positive, {@code slope · x} elsewhere.
   *
   * @param slope above 0
   */
  public static Activation leakyRelu(double slope) {
    if (!(slope > 0)) {
      throw new IllegalArgumentException(
          "the slope of a leaky ReLU must be above 0, but is " + slope);
    }
    return new Activation(UnaryFunction.LEAKY_RELU, slope);
  }

  /** {@code 1 / (1 + e⁻ˣ)}. */
  public static Activation sigmoid() {
    return new Activation(UnaryFunction.SIGMOID, 0);
  }

  /** Hyperbolic tangent. */
  public static Activation tanh() {
    return new Activation(UnaryFunction.TANH, 0);
  }

  /** {@code x Φ(x)}, exact. */
  public static Activation gelu() {
    return new Activation(UnaryFunction.GELU, 0);
  }

  /** {@code x · sigmoid(x)}. */
  public static Activation silu() {
    return new Activation(UnaryFunction.SILU, 0);
  }

  @Override
  public Value trace(Trace trace, Value x) {
    return trace.graph().apply(new Unary(function, parameter, 0), x);
  }
}
