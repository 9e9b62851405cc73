package org.quadralib.graph.op;

import java.util.List;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.TensorType;

/**
 * {@code dx = Σ g_i w_i}. Operands: {@code maps} gradients {@code g_i [n, out]}, then as many
 * weights {@code [out, in]}. Result: {@code dx [n, in]}.
 */
public record DenseInputGradient(int maps) implements LinearOp {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Operands.count(this, operands, 2 * maps);
    TensorType g = operands.get(0);
    TensorType w = operands.get(maps);
    Operands.rank(this, g, 2, "a gradient [batch, out]");
    Operands.rank(this, w, 2, "a weight [out, in]");
    int in = w.shape().dim(1);
    for (int i = 0; i < maps; i++) {
      Operands.same(this, "gradient", g, operands.get(i));
      Operands.same(this, "weight", g.with(Shape.of(g.shape().dim(1), in)), operands.get(maps + i));
    }
    return List.of(g.with(Shape.of(g.shape().dim(0), in)));
  }

  @Override
  public LinearOp forward(int maps, boolean bias) {
    return new Dense(maps, bias);
  }

  @Override
  public LinearOp inputGradient(int maps, Shape x) {
    return new DenseInputGradient(maps);
  }

  @Override
  public LinearOp weightGradient(int maps, Shape weight) {
    return new DenseWeightGradient(maps);
  }
}
