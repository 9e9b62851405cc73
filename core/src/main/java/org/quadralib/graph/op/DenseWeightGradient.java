package org.quadralib.graph.op;

import java.util.Collections;
import java.util.List;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.TensorType;

/**
 * {@code dw_i = g_iᵀ x}. Operands: {@code x [n, in]}, then {@code maps} gradients {@code g_i [n,
 * out]}. Results: {@code dw_i [out, in]}.
 */
public record DenseWeightGradient(int maps) implements LinearOp {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Operands.count(this, operands, 1 + maps);
    TensorType x = operands.get(0);
    TensorType g = operands.get(1);
    Operands.rank(this, x, 2, "an input [batch, features]");
    Operands.rank(this, g, 2, "a gradient [batch, out]");
    for (int i = 0; i < maps; i++) {
      Operands.same(
          this,
          "gradient",
          x.with(Shape.of(x.shape().dim(0), g.shape().dim(1))),
          operands.get(1 + i));
    }
    return Collections.nCopies(maps, x.with(Shape.of(g.shape().dim(1), x.shape().dim(1))));
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
