package org.quadralib.graph.op;

import java.util.List;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.TensorType;

/**
 * Adadelta (Zeiler 2012): {@code d = g + λw; s ← ρs + (1−ρ)d²; δ = √(u+ε)/√(s+ε) · d; u ← ρu +
 * (1−ρ)δ²; w ← w − ηδ}. Operands: {@code w, g, s, u}, then {@code η [1]}. Results: {@code w, s, u}.
 */
public record AdadeltaUpdate(double rho, double epsilon, double weightDecay)
    implements StateUpdate {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Operands.count(this, operands, 5);
    TensorType w = operands.get(0);
    for (TensorType other : operands.subList(1, 4)) {
      Operands.same(this, "operand", w, other);
    }
    Operands.same(this, "learning rate", w.with(Shape.of(1)), operands.get(4));
    return List.of(w, w, w);
  }

  @Override
  public int stateOperand(int result) {
    return result == 0 ? 0 : result + 1;
  }
}
