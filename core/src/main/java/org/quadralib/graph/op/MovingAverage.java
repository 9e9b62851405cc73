package org.quadralib.graph.op;

import java.util.List;
import org.quadralib.tensor.TensorType;

/**
 * {@code running ← (1 − momentum)·running + momentum·correction·batch}. Operands: {@code running},
 * {@code batch}, of one shape.
 *
 * @param correction {@code m/(m−1)} makes a biased variance over {@code m} elements unbiased
 */
public record MovingAverage(double momentum, double correction) implements StateUpdate {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Operands.count(this, operands, 2);
    Operands.same(this, "batch value", operands.get(0), operands.get(1));
    return List.of(operands.get(0));
  }

  @Override
  public int stateOperand(int result) {
    return 0;
  }
}
