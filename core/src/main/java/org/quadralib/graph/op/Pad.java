package org.quadralib.graph.op;

import java.util.List;
import org.quadralib.tensor.TensorType;

/** Adds zeros before and after along one axis. */
public record Pad(int axis, int before, int after) implements Op {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Operands.count(this, operands, 1);
    TensorType x = operands.get(0);
    Operands.require(
        axis >= 0 && axis < x.shape().rank() && before >= 0 && after >= 0,
        this,
        "cannot add %d and %d zeros on axis %d of %s",
        before,
        after,
        axis,
        x.shape());
    return List.of(x.with(x.shape().with(axis, before + x.shape().dim(axis) + after)));
  }
}
