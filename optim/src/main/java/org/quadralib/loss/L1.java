package org.quadralib.loss;

import org.quadralib.graph.Ops;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.UnaryFunction;

/** {@code |y − t|}. */
public record L1() implements ElementwiseLoss {
  @Override
  public Value elements(Ops ops, Value output, Value target) {
    return ops.unary(UnaryFunction.ABS, ops.sub(output, target));
  }
}
