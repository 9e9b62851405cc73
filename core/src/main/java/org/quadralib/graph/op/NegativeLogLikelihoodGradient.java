package org.quadralib.graph.op;

import java.util.List;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.TensorType;

/**
 * The adjoint of {@link NegativeLogLikelihood}: {@code −g qⱼ / n}. Operands: {@code g} scalar,
 * labels {@code [n]} INT32. Result: {@code [n, classes]}.
 */
public record NegativeLogLikelihoodGradient(double smoothing, int classes) implements Op {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Operands.count(this, operands, 2);
    TensorType g = operands.get(0);
    Operands.same(this, "gradient", g.with(Shape.of()), g);
    Operands.require(
        operands.get(1).dtype() == DType.INT32 && operands.get(1).shape().rank() == 1,
        this,
        "labels must be int32[n], but are %s",
        operands.get(1));
    return List.of(g.with(Shape.of(operands.get(1).shape().dim(0), classes)));
  }
}
