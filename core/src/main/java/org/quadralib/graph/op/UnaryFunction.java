package org.quadralib.graph.op;

/**
 * Scalar functions of one variable; {@code a} and {@code b} are the parameters of {@link Unary}.
 */
public enum UnaryFunction {
  /** {@code a x + b}. */
  AFFINE(Needs.NOTHING),
  /** {@code max(x, 0)}. */
  RELU(Needs.OUTPUT),
  /** {@code x} if positive, else {@code a x}; {@code a > 0}. */
  LEAKY_RELU(Needs.OUTPUT),
  /** {@code 1 / (1 + e⁻ˣ)}. */
  SIGMOID(Needs.OUTPUT),
  /** Hyperbolic tangent. */
  TANH(Needs.OUTPUT),
  /** {@code x Φ(x)}, Φ the normal distribution function, exact (not the tanh approximation). */
  GELU(Needs.INPUT),
  /** {@code x · sigmoid(x)}. */
  SILU(Needs.INPUT),
  /** {@code x²}. */
  SQUARE(Needs.INPUT),
  /** {@code √x}. */
  SQRT(Needs.OUTPUT),
  /** {@code eˣ}. */
  EXP(Needs.OUTPUT),
  /** Natural logarithm, not below {@code a}, as the cross-entropy of probabilities needs it. */
  LOG(Needs.INPUT),
  /** {@code |x|}. */
  ABS(Needs.INPUT),
  /** {@code log(1 + eˣ)}, without overflow. */
  SOFTPLUS(Needs.INPUT),
  /** {@code 1 / x}. */
  RECIPROCAL(Needs.OUTPUT),
  /** Huber's {@code x²/(2a)} where {@code |x| < a}, else {@code |x| − a/2}. */
  SMOOTH_L1(Needs.INPUT),
  /** {@code min(x, a)}. */
  MIN(Needs.INPUT);

  /** Which value of the forward pass the derivative is computed from. */
  public enum Needs {
    /** Neither: the derivative is constant. */
    NOTHING,
    /** The operand. */
    INPUT,
    /** The result, so that the operation may overwrite its operand. */
    OUTPUT
  }

  private final Needs gradientNeeds;

  UnaryFunction(Needs gradientNeeds) {
    this.gradientNeeds = gradientNeeds;
  }

  /** Which value of the forward pass the derivative is computed from. */
  public Needs gradientNeeds() {
    return gradientNeeds;
  }
}
