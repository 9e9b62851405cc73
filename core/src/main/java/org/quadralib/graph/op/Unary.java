package org.quadralib.graph.op;

import java.util.List;
import org.quadralib.tensor.TensorType;

/** {@code y = f(x)} for each element. {@code a} and {@code b} are the function's parameters. */
public record Unary(UnaryFunction function, double a, double b) implements Elementwise {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Operands.count(this, operands, 1);
    return operands;
  }

  @Override
  public String name() {
    return "Unary." + function;
  }
}
