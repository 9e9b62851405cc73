package org.quadralib.graph.op;

import java.util.List;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.TensorType;

/** The adjoint of {@link AvgPool2d}: {@code g [n, c, oh, ow]} to {@code dx} of shape {@code x}. */
public record AvgPool2dGradient(Window window, boolean countPadding, Shape x) implements Op {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Operands.count(this, operands, 1);
    TensorType result = operands.get(0).with(x);
    Operands.same(this, "gradient", MaxPool2d.pooled(this, window, result), operands.get(0));
    return List.of(result);
  }
}
