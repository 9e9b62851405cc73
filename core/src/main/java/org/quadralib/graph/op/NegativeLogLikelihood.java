package org.quadralib.graph.op;

import java.util.List;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.TensorType;

/**
 * Mean over the batch of {@code −Σ qⱼ log pⱼ} with {@code q = (1−s)·onehot(label) + s/classes}.
 * Operands: {@code log p [n, classes]}, labels {@code [n]} INT32. Result: a scalar. Rows whose
 * label is negative count for nothing, so that a last, smaller batch can be padded.
 *
 * @param smoothing the {@code s} of label smoothing, 0 for none
 */
public record NegativeLogLikelihood(double smoothing) implements Op {
  @Override
  public List<TensorType> infer(List<TensorType> operands) {
    Operands.count(this, operands, 2);
    check(this, operands.get(0), operands.get(1));
    return List.of(operands.get(0).with(Shape.of()));
  }

  static void check(Op op, TensorType logits, TensorType labels) {
    Operands.rank(op, logits, 2, "logits [batch, classes]");
    Operands.same(
        op, "labels", new TensorType(DType.INT32, Shape.of(logits.shape().dim(0))), labels);
  }
}
