package org.quadralib.graph.op;

import java.util.List;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.TensorType;

/**
 * The adjoint of {@link Conv2d} in its input, also called transposed convolution: {@code dx = Σ g_i
 * ⋆ᵀ w_i}. Operands: {@code maps} gradients {@code g_i [n, o, oh, ow]}, then as many weights {@code
 * [o, c/groups, kh, kw]}. Result: {@code dx} of shape {@code x [n, c, h, w]}, which stride leaves
 * ambiguous and the operation therefore carries.
 */
public record Conv2dInputGradient(Window window, int groups, int maps, Shape x)
    implements LinearOp {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Operands.count(this, operands, 2 * maps);
    TensorType w = operands.get(maps);
    TensorType g = new Conv2d(window, groups, 1, false).infer(List.of(w.with(x), w)).get(0);
    for (int i = 0; i < maps; i++) {
      Operands.same(this, "gradient", g, operands.get(i));
      Operands.same(this, "weight", w, operands.get(maps + i));
    }
    return List.of(g.with(x));
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
