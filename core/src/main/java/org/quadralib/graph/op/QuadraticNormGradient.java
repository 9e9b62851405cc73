package org.quadralib.graph.op;

import java.util.ArrayList;
import java.util.List;
import org.quadralib.tensor.TensorType;

/**
 * Derivative of {@code y = Â ∘ B̂ + Ĉ} for tensors normalised with the statistics of the batch,
 * through the statistics: that of {@link BatchNormGradient} with {@code g ∘ B̂}, {@code g ∘ Â} and
 * {@code g} in turn, where {@code Â = γ (A − mean)/√(variance + ε) + β}. Operands: {@code g, A, B,
 * C [n, c, …]}; {@code mean, variance, γ, β [c]} of A, the same of B, and all but {@code β} of C.
 * Results: {@code dA, dγ, dβ}, then the same of B and of C.
 */
public record QuadraticNormGradient(double epsilon) implements Fused {
  /** Tensors that are normalised. */
  public static final int MAPS = 3;

  /** Operands that are tensors like the result. */
  public static final int TENSORS = 1 + MAPS;

  private static final int OPERANDS = TENSORS + MAPS * NormalizedForm.NORM - 1;

  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Operands.count(this, operands, OPERANDS);
    TensorType g = operands.getFirst();
    for (TensorType map : operands.subList(1, TENSORS)) {
      Operands.same(this, "map", g, map);
    }
    List<TensorType> vectors = operands.subList(TENSORS, operands.size());
    BatchNormalize.perChannel(this, g, vectors);
    List<TensorType> results = new ArrayList<>();
    for (int map = 0; map < MAPS; map++) {
      results.addAll(List.of(g, vectors.getFirst(), vectors.getFirst()));
    }
    return results;
  }
}
