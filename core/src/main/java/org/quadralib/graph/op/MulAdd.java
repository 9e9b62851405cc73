package org.quadralib.graph.op;

import java.util.List;
import org.quadralib.tensor.TensorType;

/** {@code x ∘ y + z} for operands of one shape: where the branches of a quadratic neuron meet. */
public record MulAdd() implements Elementwise {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Operands.count(this, operands, 3);
    Operands.same(this, "second factor", operands.get(0), operands.get(1));
    Operands.same(this, "addend", operands.get(0), operands.get(2));
    return List.of(operands.get(0));
  }
}
