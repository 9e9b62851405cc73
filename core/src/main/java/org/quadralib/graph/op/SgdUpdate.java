package org.quadralib.graph.op;

import java.util.List;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.TensorType;

/**
 * Stochastic gradient descent: {@code d = g + λ w; v ← μ v + d; w ← w − η (v, or d + μ v with
 * Nesterov)}. Operands: {@code w, g}, with momentum {@code v}, then {@code η [1]}. Results: {@code
 * w}, with momentum {@code v}.
 */
public record SgdUpdate(double momentum, double weightDecay, boolean nesterov)
    implements StateUpdate {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Operands.count(this, operands, momentum == 0 ? 3 : 4);
    TensorType w = operands.get(0);
    for (TensorType other : operands.subList(1, operands.size() - 1)) {
      Operands.same(this, "operand", w, other);
    }
    Operands.same(this, "learning rate", w.with(Shape.of(1)), operands.getLast());
    return momentum == 0 ? List.of(w) : List.of(w, w);
  }

  @Override
  public int stateOperand(int result) {
    return result == 0 ? 0 : 2;
  }
}
