package org.quadralib.autodiff;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.AvgPool2d;
import org.quadralib.graph.op.AvgPool2dGradient;
import org.quadralib.graph.op.MaxPool2d;
import org.quadralib.graph.op.MaxPool2dGradient;

/** Derivatives of pooling. */
final class PoolingGradients {
  private PoolingGradients() {}

  static List<@Nullable Value> of(GradientContext context, MaxPool2d op) {
    return only(context, new MaxPool2dGradient(op.window()), context.gradient(), context.input(0));
  }

  static List<@Nullable Value> of(GradientContext context, AvgPool2d op) {
    var adjoint = new AvgPool2dGradient(op.window(), op.countPadding(), context.shape(0));
    return only(context, adjoint, context.gradient());
  }

  static List<@Nullable Value> of(GradientContext context, AvgPool2dGradient op) {
    return only(context, new AvgPool2d(op.window(), op.countPadding()), context.gradient());
  }

  private static List<@Nullable Value> only(
      GradientContext context, org.quadralib.graph.op.Op op, Value... operands) {
    return Arrays.asList(context.graph().apply(op, operands));
  }
}
