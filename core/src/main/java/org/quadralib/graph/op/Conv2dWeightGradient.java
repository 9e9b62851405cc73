package org.quadralib.graph.op;

import java.util.Collections;
import java.util.List;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.TensorType;

/**
 * The adjoint of {@link Conv2d} in its weights: {@code dw_i = Σ over batch and positions of g_i ×
 * patch(x)}. Operands: {@code x [n, c, h, w]}, then {@code maps} gradients {@code g_i [n, o, oh,
 * ow]}. Results: {@code dw_i [o, c/groups, kh, kw]}.
 */
public record Conv2dWeightGradient(Window window, int groups, int maps) implements LinearOp {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Operands.count(this, operands, 1 + maps);
    TensorType x = operands.get(0);
    Operands.rank(this, x, 4, "an input [batch, channels, height, width]");
    Operands.rank(this, operands.get(1), 4, "a gradient [batch, out, height, width]");
    int out = operands.get(1).shape().dim(1);
    int channels = x.shape().dim(1);
    Operands.require(
        groups >= 1 && channels % groups == 0 && out % groups == 0,
        this,
        "%d groups must divide %d input and %d output channels",
        groups,
        channels,
        out);
    TensorType w =
        x.with(Shape.of(out, channels / groups, window.kernelHeight(), window.kernelWidth()));
    TensorType g = new Conv2d(window, groups, 1, false).infer(List.of(x, w)).get(0);
    for (int i = 0; i < maps; i++) {
      Operands.same(this, "gradient", g, operands.get(1 + i));
    }
    return Collections.nCopies(maps, w);
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
