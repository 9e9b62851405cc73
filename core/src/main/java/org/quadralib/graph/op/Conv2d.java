package org.quadralib.graph.op;

import java.util.Collections;
import java.util.List;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.TensorType;

/**
 * Two-dimensional cross-correlations {@code y_i = x ⋆ w_i + b_i}. Operands: {@code x [n, c, h, w]},
 * then {@code maps} weights {@code [o, c/groups, kh, kw]}, then, with bias, as many {@code [o]}.
 * Results: {@code y_i [n, o, oh, ow]}. Depthwise is {@code groups = c}.
 */
public record Conv2d(Window window, int groups, int maps, boolean bias) implements LinearOp {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Operands.count(this, operands, 1 + maps * (bias ? 2 : 1));
    TensorType x = operands.get(0);
    TensorType w = operands.get(1);
    Operands.rank(this, x, 4, "an input [batch, channels, height, width]");
    Operands.rank(this, w, 4, "a weight [out, channels/groups, height, width]");
    int channels = x.shape().dim(1);
    int out = w.shape().dim(0);
    Operands.require(
        groups >= 1 && channels % groups == 0 && out % groups == 0,
        this,
        "%d groups must divide %d input and %d output channels",
        groups,
        channels,
        out);
    Shape weight = Shape.of(out, channels / groups, window.kernelHeight(), window.kernelWidth());
    for (int i = 0; i < maps; i++) {
      Operands.same(this, "weight", x.with(weight), operands.get(1 + i));
      if (bias) {
        Operands.same(this, "bias", x.with(Shape.of(out)), operands.get(1 + maps + i));
      }
    }
    Shape y = Operands.named(this, () -> window.output(x.shape())).with(1, out);
    return Collections.nCopies(maps, x.with(y));
  }

  @Override
  public LinearOp forward(int maps, boolean bias) {
    return new Conv2d(window, groups, maps, bias);
  }

  @Override
  public LinearOp inputGradient(int maps, Shape x) {
    return new Conv2dInputGradient(window, groups, maps, x);
  }

  @Override
  public LinearOp weightGradient(int maps, Shape weight) {
    return new Conv2dWeightGradient(window, groups, maps);
  }
}
