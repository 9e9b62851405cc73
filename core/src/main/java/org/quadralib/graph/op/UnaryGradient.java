package org.quadralib.graph.op;

import java.util.List;
import org.quadralib.tensor.TensorType;

/**
 * {@code dx = g f'(·)} for each element. Operands: {@code g}, then the operand or the result of the
 * function, as {@link UnaryFunction#gradientNeeds()} says.
 */
public record UnaryGradient(UnaryFunction function, double a, double b) implements Elementwise {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Operands.count(this, operands, 2);
    Operands.same(this, "gradient", operands.get(1), operands.get(0));
    return List.of(operands.get(0));
  }

  @Override
  public String name() {
    return "UnaryGradient." + function;
  }
}
