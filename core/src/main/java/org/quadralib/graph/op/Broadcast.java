package org.quadralib.graph.op;

import java.util.List;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.TensorType;

/** Repeats along axes of extent 1 (and new leading axes) until the operand has the given shape. */
public record Broadcast(Shape shape) implements Op {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Operands.count(this, operands, 1);
    TensorType x = operands.get(0);
    boolean fits = x.shape().rank() <= shape.rank();
    for (int axis = 1; fits && axis <= x.shape().rank(); axis++) {
      fits = x.shape().dim(-axis) == 1 || x.shape().dim(-axis) == shape.dim(-axis);
    }
    Operands.require(fits, this, "%s does not broadcast to %s", x.shape(), shape);
    return List.of(x.with(shape));
  }
}
