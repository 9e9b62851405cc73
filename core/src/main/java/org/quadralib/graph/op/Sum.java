package org.quadralib.graph.op;

import java.util.List;
import org.quadralib.tensor.TensorType;

/**
 * Sums over axes, which stay with extent 1.
 *
 * @param axes non-negative, ascending
 */
public record Sum(List<Integer> axes) implements Op {
  /** Copies the axes. */
  public Sum {
    axes = List.copyOf(axes);
  }

  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Operands.count(this, operands, 1);
    var shape = operands.get(0).shape();
    for (int axis : axes) {
      Operands.require(
          axis >= 0 && axis < shape.rank(), this, "axis %d is not one of %s", axis, shape);
      shape = shape.with(axis, 1);
    }
    return List.of(operands.get(0).with(shape));
  }
}
