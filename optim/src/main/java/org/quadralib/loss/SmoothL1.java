package org.quadralib.loss;

import org.quadralib.graph.Ops;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.UnaryFunction;

/**
 * With {@code d = |y − t|}: {@code d²/(2β)} where {@code d < β}, else {@code d − β/2}. Huber's loss
 * divided by β.
 *
 * @param beta where the parabola goes over into the line
 */
public record SmoothL1(double beta) implements ElementwiseLoss {
  /** Checks β. */
  public SmoothL1 {
    if (!(beta > 0)) {
      throw new IllegalArgumentException("beta must be above 0, but is " + beta + "; or use L1");
    }
  }

  /** With β = 1. */
  public SmoothL1() {
    this(1);
  }

  @Override
  public Value elements(Ops ops, Value output, Value target) {
    return ops.unary(UnaryFunction.SMOOTH_L1, beta, ops.sub(output, target));
  }
}
