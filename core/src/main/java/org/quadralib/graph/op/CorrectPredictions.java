package org.quadralib.graph.op;

import java.util.List;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.TensorType;

/**
 * Number of rows whose label has the largest logit, the first of equals. Operands: logits {@code
 * [n, classes]}, labels {@code [n]} INT32. Result: a scalar. Rows whose label is negative count for
 * nothing. A logit that is NaN is never the largest.
 */
public record CorrectPredictions() implements Op {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Operands.count(this, operands, 2);
    NegativeLogLikelihood.check(this, operands.get(0), operands.get(1));
    return List.of(operands.get(0).with(Shape.of()));
  }
}
