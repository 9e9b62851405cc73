package org.quadralib.graph.op;

import java.util.List;
import org.quadralib.tensor.TensorType;

/** An operation, operands that it must reject, and what it must say. */
record Mistake(Op op, String message, List<TensorType> operands) {
  static Mistake of(Op op, String message, TensorType... operands) {
    return new Mistake(op, message, List.of(operands));
  }
}
