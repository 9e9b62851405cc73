package org.quadralib.loss;

import org.quadralib.graph.Ops;
import org.quadralib.graph.Value;

/** {@code (y − t)²}. */
public record MeanSquaredError() implements ElementwiseLoss {
  @Override
  public Value elements(Ops ops, Value output, Value target) {
    return ops.square(ops.sub(output, target));
  }
}
