package org.quadralib.graph.op;

import java.util.List;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.TensorType;

/**
 * Mean and biased variance per channel. Operand: {@code x [n, c, …]}. Results: {@code mean [c]},
 * {@code variance [c]}.
 */
public record BatchStatistics() implements Op {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Operands.count(this, operands, 1);
    TensorType x = operands.get(0);
    Operands.rankAtLeast(this, x, 2, "an input [batch, channels, …]");
    TensorType perChannel = x.with(Shape.of(x.shape().dim(1)));
    return List.of(perChannel, perChannel);
  }
}
