package org.quadralib.layers;

import org.quadralib.graph.Value;

/** Sets elements to zero with probability {@code rate} in training; does nothing in evaluation. */
public record Dropout(double rate) implements Layer {
  /** Rejects rates outside {@code [0, 1)}. */
  public Dropout {
    new org.quadralib.graph.op.Dropout(rate, 0);
  }

  @Override
  public Value trace(Trace trace, Value x) {
    if (trace.mode() == Mode.EVALUATE || rate == 0) {
      return x;
    }
    // The path tells layers apart, and is the same whenever the network is traced.
    long stream = (long) trace.graph().scope().hashCode() << 32;
    var op = new org.quadralib.graph.op.Dropout(rate, stream);
    return trace.graph().apply(op, x, trace.counter());
  }
}
