package org.quadralib.graph;

import java.util.List;
import org.quadralib.graph.op.Op;

/**
 * An operation applied to values.
 *
 * @param scope path of the layer that asked for it, for example {@code layer1.0.conv1}
 */
public record Node(Op op, List<Value> inputs, List<Value> outputs, Phase phase, String scope) {
  /** Copies the lists. */
  public Node {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /** The only result of an operation that has one. */
  public Value output() {
    return outputs.getFirst();
  }

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(this);
  }

  @Override
  public String toString() {
    return outputs + " = " + op.name() + inputs;
  }
}
