package org.quadralib.graph.op;

import java.util.List;
import org.quadralib.tensor.TensorType;

/** The part {@code [from, to)} of one axis. */
public record Slice(int axis, int from, int to) implements Op {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Operands.count(this, operands, 1);
    TensorType x = operands.get(0);
    Operands.require(
        axis >= 0 && axis < x.shape().rank() && 0 <= from && from < to && to <= x.shape().dim(axis),
        this,
        "[%d, %d) is not a part of axis %d of %s",
        from,
        to,
        axis,
        x.shape());
    return List.of(x.with(x.shape().with(axis, to - from)));
  }
}
