package org.quadralib.graph.op;

import java.util.List;
import org.quadralib.tensor.TensorType;

/**
 * Largest value in each window; padding never wins. {@code x [n, c, h, w]} to {@code [n, c, oh,
 * ow]}.
 */
public record MaxPool2d(Window window) implements Op {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Operands.count(this, operands, 1);
    return List.of(pooled(this, window, operands.get(0)));
  }

  static TensorType pooled(Op op, Window window, TensorType x) {
    Operands.rank(op, x, 4, "an input [batch, channels, height, width]");
    Operands.require(
        2 * window.paddingHeight() <= window.kernelHeight()
            && 2 * window.paddingWidth() <= window.kernelWidth(),
        op,
        "padding %dx%d is more than half of the kernel %dx%d",
        window.paddingHeight(),
        window.paddingWidth(),
        window.kernelHeight(),
        window.kernelWidth());
    return Operands.named(
        op,
        () -> {
          window.requireImageInSight(x.shape());
          return x.with(window.output(x.shape()));
        });
  }
}
