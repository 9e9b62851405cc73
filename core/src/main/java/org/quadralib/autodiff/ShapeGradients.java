package org.quadralib.autodiff;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.Broadcast;
import org.quadralib.graph.op.Concat;
import org.quadralib.graph.op.Fold;
import org.quadralib.graph.op.Op;
import org.quadralib.graph.op.Pad;
import org.quadralib.graph.op.Reshape;
import org.quadralib.graph.op.Slice;
import org.quadralib.graph.op.Sum;
import org.quadralib.graph.op.Transpose;
import org.quadralib.graph.op.Unfold;
import org.quadralib.tensor.Shape;

/** Derivatives of operations that move elements: each is the adjoint movement. */
final class ShapeGradients {
  private ShapeGradients() {}

  static List<@Nullable Value> of(GradientContext context, Op op) {
    Value g = context.gradient();
    Shape x = context.shape(0);
    return switch (op) {
      case Concat concat -> parts(context, concat, g);
      case Reshape reshape -> Arrays.asList(context.ops().reshape(g, x));
      case Broadcast broadcast -> Arrays.asList(context.ops().sumTo(g, x));
      case Sum sum -> Arrays.asList(context.ops().broadcast(g, x));
      default -> Arrays.asList(context.graph().apply(adjoint(op, x), g));
    };
  }

  private static Op adjoint(Op op, Shape x) {
    return switch (op) {
      case Transpose transpose -> transpose.inverse();
      case Slice slice -> new Pad(slice.axis(), slice.from(), x.dim(slice.axis()) - slice.to());
      case Pad pad -> new Slice(pad.axis(), pad.before(), pad.before() + x.dim(pad.axis()));
      case Unfold unfold -> new Fold(unfold.window(), unfold.groups(), x);
      case Fold fold -> new Unfold(fold.window(), fold.groups());
      default -> throw new IllegalArgumentException(op.name() + " does not move elements");
    };
  }

  private static List<@Nullable Value> parts(GradientContext context, Concat op, Value g) {
    List<@Nullable Value> parts = new ArrayList<>();
    int from = 0;
    for (Value part : context.node().inputs()) {
      int to = from + part.shape().dim(op.axis());
      parts.add(context.graph().apply(new Slice(op.axis(), from, to), g));
      from = to;
    }
    return parts;
  }
}
