package org.quadralib.layers;

import org.quadralib.graph.Ops;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.Concat;
import org.quadralib.graph.op.LinearOp;
import org.quadralib.graph.op.NeuronType;
import org.quadralib.graph.op.Quadratic;
import org.quadralib.tensor.Shape;

/** What dense and convolutional layers of low rank have in common. */
record LowRankForm(LinearOp map, int out, int rank, boolean projections, Initializer initializer) {
  static void requireRank(int rank) {
    if (rank < 1) {
      throw new IllegalArgumentException(
          "a low-rank layer needs a rank of at least 1, not " + rank);
    }
  }

  Value trace(Trace trace, Value x) {
    Ops ops = trace.ops();
    Value projected = trace.graph().inScope("q", () -> project(trace, x));
    Value linear = trace.graph().inScope("linear", () -> linear(trace, x));
    Value lambda =
        trace.parameter(
            "lambda",
            Shape.of(out, rank),
            Initializer.constant(0),
            ParameterSpec.Kind.WEIGHT,
            ParameterSpec.Order.SECOND);
    int batch = x.shape().dim(0);
    int area = linear.shape().span(2, linear.shape().rank());
    Value squares = ops.square(ops.reshape(projected, batch, out, rank, area));
    Value weighted = ops.mul(squares, ops.reshape(lambda, 1, out, rank, 1));
    Value form = ops.reshape(ops.sum(weighted, 2), linear.shape());
    Value y = ops.add(form, linear);
    return projections ? trace.graph().apply(new Concat(1), y, projected) : y;
  }

  private Value project(Trace trace, Value x) {
    Value weight =
        trace.parameter(
            "weight",
            weight(x, out * rank),
            initializer,
            ParameterSpec.Kind.WEIGHT,
            ParameterSpec.Order.SECOND);
    return trace.graph().apply(map.forward(1, false), x, weight);
  }

  private Value linear(Trace trace, Value x) {
    Value weight = trace.weight("weight", weight(x, out), initializer);
    return trace.graph().apply(map.forward(1, true), x, weight, trace.bias("bias", out));
  }

  private Shape weight(Value x, int outputs) {
    var layer = new Quadratic(NeuronType.FIRST_ORDER, map, false, java.util.OptionalDouble.empty());
    return layer.firstOrderWeight(x.type(), outputs).shape();
  }
}
