package org.quadralib.autodiff;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quadralib.graph.Ops;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.GlobalNorm;
import org.quadralib.graph.op.NegativeLogLikelihood;
import org.quadralib.graph.op.NegativeLogLikelihoodGradient;
import org.quadralib.graph.op.Softmax;
import org.quadralib.graph.op.UnaryFunction;

/** Derivatives of what stands at the end of a network. */
final class LossGradients {
  private LossGradients() {}

  /** {@code dx = y ∘ (g − Σ g∘y)}; of the logarithm, {@code dx = g − eʸ ∘ Σ g}. */
  static List<@Nullable Value> of(GradientContext context, Softmax op) {
    Ops ops = context.ops();
    Value g = context.gradient();
    Value y = context.output();
    int last = y.shape().rank() - 1;
    Value dx =
        op.log()
            ? ops.sub(g, ops.mul(ops.unary(UnaryFunction.EXP, y), ops.sum(g, last)))
            : ops.mul(y, ops.sub(g, ops.sum(ops.mul(g, y), last)));
    return Arrays.asList(dx);
  }

  static List<@Nullable Value> of(GradientContext context, NegativeLogLikelihood op) {
    int classes = context.shape(0).dim(1);
    return Arrays.asList(
        context
            .graph()
            .apply(
                new NegativeLogLikelihoodGradient(op.smoothing(), classes),
                context.gradient(),
                context.input(1)),
        null);
  }

  /** Linear in its operand, so the adjoint is the loss itself applied to the upstream gradient. */
  static List<@Nullable Value> of(GradientContext context, NegativeLogLikelihoodGradient op) {
    return Arrays.asList(
        context
            .graph()
            .apply(new NegativeLogLikelihood(op.smoothing()), context.gradient(), context.input(1)),
        null);
  }

  /** {@code dxᵢ = g xᵢ / norm}. */
  static List<@Nullable Value> of(GradientContext context, GlobalNorm op) {
    Ops ops = context.ops();
    Value factor =
        ops.mul(context.gradient(), ops.unary(UnaryFunction.RECIPROCAL, context.output()));
    List<@Nullable Value> gradients = new ArrayList<>();
    for (Value x : context.inputs(0, context.node().inputs().size())) {
      gradients.add(ops.mul(x, factor));
    }
    return gradients;
  }
}
