package org.quadralib.graph.op;

import java.util.List;
import org.quadralib.tensor.TensorType;

/** {@code x ∘ y} for each pair of elements; shapes broadcast as in NumPy. */
public record Binary(Function function) implements Elementwise {
  /** Functions of two numbers. */
  public enum Function {
    /** Sum. */
    ADD,
    /** Difference. */
    SUB,
    /** Product. */
    MUL
  }

  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Operands.count(this, operands, 2);
    TensorType x = operands.get(0);
    TensorType y = operands.get(1);
    Operands.require(x.dtype() == y.dtype(), this, "element types of %s and %s differ", x, y);
    return List.of(Operands.named(this, () -> x.with(x.shape().broadcast(y.shape()))));
  }

  @Override
  public String name() {
    return "Binary." + function;
  }
}
