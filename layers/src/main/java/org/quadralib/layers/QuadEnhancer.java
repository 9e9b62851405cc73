package org.quadralib.layers;

import org.quadralib.graph.Value;
import org.quadralib.graph.op.Concat;
import org.quadralib.graph.op.Slice;
import org.quadralib.tensor.Shape;

/**
 * Makes the linear layer {@code z = Wx} before it quadratic for the price of a few numbers per
 * channel (QuadEnhancer, arXiv 2510.03276): {@code y = z ∘ (1 + Σᵢ θᵢ ∘ roll(z, i))}, where roll
 * shifts channels round by {@code i} from 0 on. State: {@code theta [terms, channels]}, which
 * starts at 0, so that the network starts as it was without.
 *
 * @param terms number of shifts
 */
public record QuadEnhancer(int terms) implements Layer {
  /** Rejects numbers of shifts below 1. */
  public QuadEnhancer {
    if (terms < 1) {
      throw new IllegalArgumentException("a QuadEnhancer needs at least 1 term, not " + terms);
    }
  }

  @Override
  public Value trace(Trace trace, Value z) {
    int channels = z.shape().dim(1);
    Value theta =
        trace.parameter(
            "theta",
            Shape.of(terms, channels),
            Initializer.constant(0),
            ParameterSpec.Kind.WEIGHT,
            ParameterSpec.Order.SECOND);
    Value sum = null;
    for (int shift = 0; shift < terms; shift++) {
      Value row = trace.graph().apply(new Slice(0, shift, shift + 1), theta);
      Value factor = trace.ops().reshape(row, Layers.perChannel(z.shape(), channels));
      Value term = trace.ops().mul(roll(trace, z, shift % channels), factor);
      sum = sum == null ? term : trace.ops().add(sum, term);
    }
    return trace.ops().mulAdd(z, java.util.Objects.requireNonNull(sum), z);
  }

  private static Value roll(Trace trace, Value z, int shift) {
    if (shift == 0) {
      return z;
    }
    int channels = z.shape().dim(1);
    Value last = trace.graph().apply(new Slice(1, channels - shift, channels), z);
    Value first = trace.graph().apply(new Slice(1, 0, channels - shift), z);
    return trace.graph().apply(new Concat(1), last, first);
  }
}
