package org.quadralib.loss;

import org.quadralib.graph.GraphBuilder;
import org.quadralib.graph.Ops;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.NegativeLogLikelihood;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.TensorType;

/**
 * Cross-entropy of the softmax of logits {@code [n, classes]} and labels {@code [n]} INT32, the
 * loss of classification. Rows with a negative label count for nothing.
 *
 * @param labelSmoothing share of the target spread evenly over all classes, in {@code [0, 1)}
 */
public record CrossEntropy(double labelSmoothing) implements Loss {
  /** Checks the share. */
  public CrossEntropy {
    if (!(labelSmoothing >= 0 && labelSmoothing < 1)) {
      throw new IllegalArgumentException(
          "label smoothing must be from 0 to below 1, but is " + labelSmoothing);
    }
  }

  /** Without label smoothing. */
  public CrossEntropy() {
    this(0);
  }

  @Override
  public TensorType targetType(TensorType logits) {
    return new TensorType(DType.INT32, Shape.of(logits.shape().dim(0)));
  }

  @Override
  public Value trace(GraphBuilder graph, Value logits, Value labels) {
    Value logProbabilities = new Ops(graph).logSoftmax(logits);
    return graph.apply(new NegativeLogLikelihood(labelSmoothing), logProbabilities, labels);
  }
}
