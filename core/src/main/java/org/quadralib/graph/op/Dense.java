package org.quadralib.graph.op;

import java.util.Collections;
import java.util.List;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.TensorType;

/**
 * Fully connected maps {@code y_i = x w_iᵀ + b_i}. Operands: {@code x [n, in]}, then {@code maps}
 * weights {@code [out, in]}, then, with bias, as many {@code [out]}. Results: {@code y_i [n, out]}.
 */
public record Dense(int maps, boolean bias) implements LinearOp {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Operands.count(this, operands, 1 + maps * (bias ? 2 : 1));
    TensorType x = operands.get(0);
    TensorType w = operands.get(1);
    Operands.rank(this, x, 2, "an input [batch, features]");
    Operands.rank(this, w, 2, "a weight [out, in]");
    int in = x.shape().dim(1);
    int out = w.shape().dim(0);
    for (int i = 0; i < maps; i++) {
      Operands.same(this, "weight", x.with(Shape.of(out, in)), operands.get(1 + i));
      if (bias) {
        Operands.same(this, "bias", x.with(Shape.of(out)), operands.get(1 + maps + i));
      }
    }
    return Collections.nCopies(maps, x.with(Shape.of(x.shape().dim(0), out)));
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
