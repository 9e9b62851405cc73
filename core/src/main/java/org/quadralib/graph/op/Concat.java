package org.quadralib.graph.op;

import java.util.List;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.TensorType;

/** Joins operands that agree in every other axis along one axis. */
public record Concat(int axis) implements Op {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Operands.require(!operands.isEmpty(), this, "nothing to join");
    TensorType first = operands.get(0);
    Operands.require(
        axis >= 0 && axis < first.shape().rank(), this, "axis %d is not one of %s", axis, first);
    int extent = 0;
    for (TensorType operand : operands) {
      Shape shape = operand.shape();
      Operands.require(
          operand.dtype() == first.dtype()
              && shape.rank() == first.shape().rank()
              && shape.with(axis, 1).equals(first.shape().with(axis, 1)),
          this,
          "%s and %s differ in more than axis %d",
          first,
          operand,
          axis);
      extent += shape.dim(axis);
    }
    return List.of(first.with(first.shape().with(axis, extent)));
  }
}
