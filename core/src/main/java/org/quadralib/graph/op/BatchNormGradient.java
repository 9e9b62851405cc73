package org.quadralib.graph.op;

import java.util.List;
import org.quadralib.tensor.TensorType;

/**
 * Derivative of {@link BatchNormalize} with the statistics of the batch, through the statistics:
 * with {@code x̂ = (x − mean)/σ}, {@code σ = √(variance + ε)} and {@code m} elements per channel,
 * {@code dβ = Σ g}, {@code dγ = Σ g x̂}, {@code dx = γ/σ (g − dβ/m − x̂ dγ/m)} (Ioffe & Szegedy
 * 2015). Operands: {@code g, x [n, c, …]}, {@code mean, variance, γ [c]}. Results: {@code dx, dγ,
 * dβ}.
 */
public record BatchNormGradient(double epsilon) implements Op {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Operands.count(this, operands, 5);
    Operands.same(this, "gradient", operands.get(1), operands.get(0));
    BatchNormalize.perChannel(this, operands.get(1), operands.subList(2, 5));
    return List.of(operands.get(1), operands.get(2), operands.get(2));
  }
}
