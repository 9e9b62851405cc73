package org.quadralib.graph.op;

import java.util.List;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.TensorType;

/**
 * {@code y = γ (x − mean) / √(variance + ε) + β} per channel. Operands: {@code x [n, c, …]}, then
 * {@code mean, variance, γ, β}, each {@code [c]}. Result like {@code x}.
 *
 * @param batchStatistics whether mean and variance are those of {@code x} itself (training), so
 *     that the derivative runs through them, or constants (evaluation)
 */
public record BatchNormalize(double epsilon, boolean batchStatistics) implements Op {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Operands.count(this, operands, 5);
    perChannel(this, operands.get(0), operands.subList(1, 5));
    return List.of(operands.get(0));
  }

  static void perChannel(Op op, TensorType x, List<TensorType> vectors) {
    Operands.rankAtLeast(op, x, 2, "an input [batch, channels, …]");
    for (TensorType vector : vectors) {
      Operands.same(op, "per-channel operand", x.with(Shape.of(x.shape().dim(1))), vector);
    }
  }
}
