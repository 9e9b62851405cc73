package org.quadralib.graph.op;

import java.util.List;
import org.quadralib.tensor.TensorType;

/**
 * An operation: data without behaviour, except for the rule that checks its operands and gives the
 * types of its results.
 */
public sealed interface Op
    permits LinearOp,
        Elementwise,
        Unfold,
        Fold,
        MaxPool2d,
        MaxPool2dGradient,
        AvgPool2d,
        AvgPool2dGradient,
        BatchStatistics,
        BatchNormalize,
        BatchNormGradient,
        Sum,
        Broadcast,
        Reshape,
        Transpose,
        Concat,
        Slice,
        Pad,
        Softmax,
        NegativeLogLikelihood,
        NegativeLogLikelihoodGradient,
        CorrectPredictions,
        GlobalNorm,
        Fill,
        StateUpdate,
        Composite {

  /**
   * Types of the results for operands of these types.
   *
   * @throws org.quadralib.tensor.ShapeException if the operands do not fit, naming the operation,
   *     the types and what was expected
   */
  List<TensorType> infer(List<TensorType> operands);

  /** Name in listings and error messages. */
  default String name() {
    return getClass().getSimpleName();
  }
}
