package org.quadralib.loss;

import org.quadralib.graph.Ops;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.UnaryFunction;

/**
 * {@code −t log p − (1 − t) log(1 − p)} for targets in {@code [0, 1]}.
 *
 * @param input what the network puts out
 */
public record BinaryCrossEntropy(Input input) implements ElementwiseLoss {
  /** What the network puts out. */
  public enum Input {
    /** {@code x} with {@code p = 1 / (1 + e⁻ˣ)}; exact for any {@code x}. */
    LOGITS,
    /** {@code p}; logarithms are not taken below −100, as in PyTorch. */
    PROBABILITIES
  }

  private static final double LEAST_LOGARITHM = -100;

  /** On logits. */
  public BinaryCrossEntropy() {
    this(Input.LOGITS);
  }

  @Override
  public Value elements(Ops ops, Value output, Value target) {
    return switch (input) {
      // −t log p − (1 − t) log(1 − p) = log(1 + eˣ) − t x
      case LOGITS -> ops.sub(ops.unary(UnaryFunction.SOFTPLUS, output), ops.mul(target, output));
      case PROBABILITIES -> {
        Value positive = ops.mul(target, log(ops, output));
        Value negative = ops.mul(ops.affine(target, -1, 1), log(ops, ops.affine(output, -1, 1)));
        yield ops.affine(ops.add(positive, negative), -1, 0);
      }
    };
  }

  private static Value log(Ops ops, Value x) {
    return ops.unary(UnaryFunction.LOG, LEAST_LOGARITHM, x);
  }
}
