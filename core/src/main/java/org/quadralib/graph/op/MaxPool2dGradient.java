package org.quadralib.graph.op;

import java.util.List;
import org.quadralib.tensor.TensorType;

/**
 * Routes each gradient to the first largest value of its window. Operands: {@code g [n, c, oh,
 * ow]}, {@code x [n, c, h, w]}. Result: {@code dx} like {@code x}. The winners are found again from
 * {@code x}, which the layers around a pool keep anyway, instead of keeping their indices.
 */
public record MaxPool2dGradient(Window window) implements Op {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Operands.count(this, operands, 2);
    TensorType x = operands.get(1);
    Operands.same(this, "gradient", MaxPool2d.pooled(this, window, x), operands.get(0));
    return List.of(x);
  }
}
