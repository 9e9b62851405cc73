package org.quadralib.autodiff;

import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.AvgPool2d;
import org.quadralib.graph.op.AvgPool2dGradient;
import org.quadralib.graph.op.BatchNormGradient;
import org.quadralib.graph.op.BatchNormalize;
import org.quadralib.graph.op.BatchStatistics;
import org.quadralib.graph.op.Broadcast;
import org.quadralib.graph.op.Composite;
import org.quadralib.graph.op.Concat;
import org.quadralib.graph.op.CorrectPredictions;
import org.quadralib.graph.op.Elementwise;
import org.quadralib.graph.op.Fill;
import org.quadralib.graph.op.Fold;
import org.quadralib.graph.op.GlobalNorm;
import org.quadralib.graph.op.LinearOp;
import org.quadralib.graph.op.MaxPool2d;
import org.quadralib.graph.op.MaxPool2dGradient;
import org.quadralib.graph.op.NegativeLogLikelihood;
import org.quadralib.graph.op.NegativeLogLikelihoodGradient;
import org.quadralib.graph.op.Pad;
import org.quadralib.graph.op.Reshape;
import org.quadralib.graph.op.Slice;
import org.quadralib.graph.op.Softmax;
import org.quadralib.graph.op.StateUpdate;
import org.quadralib.graph.op.Sum;
import org.quadralib.graph.op.Transpose;
import org.quadralib.graph.op.Unfold;

/** Finds the rule that differentiates an operation. */
final class GradientRules {
  private GradientRules() {}

  /** Gradients of the operands in order; null where there is none or it is not asked for. */
  static List<@Nullable Value> apply(GradientContext context) {
    return switch (context.node().op()) {
      case LinearOp op -> ConvolutionAndDenseGradients.of(context, op);
      case Elementwise op -> ElementwiseGradients.of(context, op);
      case MaxPool2d op -> PoolingGradients.of(context, op);
      case AvgPool2d op -> PoolingGradients.of(context, op);
      case AvgPool2dGradient op -> PoolingGradients.of(context, op);
      case MaxPool2dGradient op -> throw noSecondDerivative("max pooling", "average pooling");
      case BatchStatistics op -> NormalizationGradients.of(context, op);
      case BatchNormalize op -> NormalizationGradients.of(context, op);
      case BatchNormGradient op ->
          throw noSecondDerivative("batch normalisation in training", "evaluation mode");
      case Unfold op -> ShapeGradients.of(context, op);
      case Fold op -> ShapeGradients.of(context, op);
      case Sum op -> ShapeGradients.of(context, op);
      case Broadcast op -> ShapeGradients.of(context, op);
      case Reshape op -> ShapeGradients.of(context, op);
      case Transpose op -> ShapeGradients.of(context, op);
      case Concat op -> ShapeGradients.of(context, op);
      case Slice op -> ShapeGradients.of(context, op);
      case Pad op -> ShapeGradients.of(context, op);
      case Softmax op -> LossGradients.of(context, op);
      case NegativeLogLikelihood op -> LossGradients.of(context, op);
      case NegativeLogLikelihoodGradient op -> LossGradients.of(context, op);
      case GlobalNorm op -> LossGradients.of(context, op);
      case Composite op -> QuadraticGradients.of(context, op);
      case Fill op -> Collections.emptyList();
      case CorrectPredictions op ->
          throw new GradientException(
              op.name() + " counts and has no derivative; differentiate the loss instead");
      case StateUpdate op ->
          throw new GradientException(
              op.name() + " changes state and has no derivative; differentiate before updating");
    };
  }

  private static GradientException noSecondDerivative(String what, String instead) {
    return new GradientException(
        "there is no second derivative through " + what + "; use " + instead + " instead");
  }
}
