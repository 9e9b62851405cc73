package org.quadralib.graph.op;

import java.util.List;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.TensorType;

/**
 * Adam (Kingma & Ba 2015) and AdamW (Loshchilov & Hutter 2019): {@code m ← β₁m + (1−β₁)g; v ← β₂v +
 * (1−β₂)g²; w ← w − η (m/c₁) / (√(v/c₂) + ε)}, where {@code cᵢ = 1 − βᵢᵗ}. Weight decay {@code λ}
 * adds {@code λw} to {@code g}, or, decoupled, first multiplies {@code w} by {@code 1 − ηλ}.
 * Operands: {@code w, g, m, v}, then {@code [η, c₁, c₂]}. Results: {@code w, m, v}.
 */
public record AdamUpdate(
    double beta1, double beta2, double epsilon, double weightDecay, boolean decoupled)
    implements StateUpdate {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Operands.count(this, operands, 5);
    TensorType w = operands.get(0);
    for (TensorType other : operands.subList(1, 4)) {
      Operands.same(this, "operand", w, other);
    }
    Operands.same(this, "step sizes", w.with(Shape.of(3)), operands.get(4));
    return List.of(w, w, w);
  }

  @Override
  public int stateOperand(int result) {
    return result == 0 ? 0 : result + 1;
  }
}
