package org.quadralib.autodiff;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quadralib.graph.Ops;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.BatchNormGradient;
import org.quadralib.graph.op.BatchNormalize;
import org.quadralib.graph.op.BatchStatistics;
import org.quadralib.graph.op.UnaryFunction;
import org.quadralib.tensor.Shape;

/** Derivatives of batch normalisation. */
final class NormalizationGradients {
  private NormalizationGradients() {}

  static List<@Nullable Value> of(GradientContext context, BatchNormalize op) {
    Value g = context.gradient();
    Value x = context.input(0);
    Value mean = context.input(1);
    Value variance = context.input(2);
    Value scale = context.input(3);
    if (op.batchStatistics()) {
      // The statistics are functions of x, and dx accounts for them; nothing flows to them.
      List<Value> gradients =
          context
              .graph()
              .applyAll(new BatchNormGradient(op.epsilon()), List.of(g, x, mean, variance, scale));
      return Arrays.asList(gradients.get(0), null, null, gradients.get(1), gradients.get(2));
    }
    return ofConstantStatistics(context, op.epsilon());
  }

  /**
   * With {@code r = 1/√(variance + ε)}: {@code dx = g γ r}, {@code dγ = Σ g x̂}, {@code dβ = Σ g}.
   */
  private static List<@Nullable Value> ofConstantStatistics(
      GradientContext context, double epsilon) {
    Ops ops = context.ops();
    Value g = context.gradient();
    Value x = context.input(0);
    Shape channels = channels(x);
    Value inverse =
        ops.unary(
            UnaryFunction.RECIPROCAL,
            ops.unary(UnaryFunction.SQRT, ops.affine(context.input(2), 1, epsilon)));
    Value r = ops.reshape(inverse, channels);
    Value dx = ops.mul(g, ops.mul(r, ops.reshape(context.input(3), channels)));
    Value normalized = ops.mul(ops.sub(x, ops.reshape(context.input(1), channels)), r);
    Shape vector = context.input(3).shape();
    return Arrays.asList(
        dx,
        null,
        null,
        ops.reshape(ops.sumTo(ops.mul(g, normalized), channels), vector),
        ops.reshape(ops.sumTo(g, channels), vector));
  }

  /**
   * With {@code m} elements per channel: {@code dmean/dx = 1/m}, {@code dvar/dx = 2(x − mean)/m}.
   */
  static List<@Nullable Value> of(GradientContext context, BatchStatistics op) {
    Ops ops = context.ops();
    Value x = context.input(0);
    Shape channels = channels(x);
    double m = (double) x.shape().elements() / x.shape().dim(1);
    List<Value> terms = new ArrayList<>();
    if (context.outputGradients().get(0) instanceof Value g) {
      terms.add(ops.broadcast(ops.reshape(ops.affine(g, 1 / m, 0), channels), x.shape()));
    }
    if (context.outputGradients().get(1) instanceof Value g) {
      Value mean = context.node().outputs().get(0);
      Value centred = ops.sub(x, ops.reshape(mean, channels));
      terms.add(ops.mul(centred, ops.reshape(ops.affine(g, 2 / m, 0), channels)));
    }
    return Arrays.asList(terms.size() == 1 ? terms.get(0) : ops.add(terms.get(0), terms.get(1)));
  }

  private static Shape channels(Value x) {
    int[] dims = new int[x.shape().rank()];
    Arrays.fill(dims, 1);
    dims[1] = x.shape().dim(1);
    return Shape.of(dims);
  }
}
