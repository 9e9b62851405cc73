package org.quadralib.graph.op;

import java.util.List;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.TensorType;

/** The same elements in the same order under another shape; costs nothing, memory is shared. */
public record Reshape(Shape shape) implements Op {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Operands.count(this, operands, 1);
    TensorType x = operands.get(0);
    Operands.require(
        x.shape().elements() == shape.elements(),
        this,
        "%s has %d elements, %s has %d",
        x.shape(),
        x.shape().elements(),
        shape,
        shape.elements());
    return List.of(x.with(shape));
  }
}
