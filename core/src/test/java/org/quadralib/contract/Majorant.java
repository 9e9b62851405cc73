package org.quadralib.contract;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.quadralib.graph.Graph;
import org.quadralib.graph.GraphBuilder;
import org.quadralib.graph.Node;
import org.quadralib.graph.Ops;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.AvgPool2d;
import org.quadralib.graph.op.AvgPool2dGradient;
import org.quadralib.graph.op.Binary;
import org.quadralib.graph.op.Broadcast;
import org.quadralib.graph.op.Concat;
import org.quadralib.graph.op.Dropout;
import org.quadralib.graph.op.Fill;
import org.quadralib.graph.op.Fold;
import org.quadralib.graph.op.LinearOp;
import org.quadralib.graph.op.MulAdd;
import org.quadralib.graph.op.NegativeLogLikelihood;
import org.quadralib.graph.op.NegativeLogLikelihoodGradient;
import org.quadralib.graph.op.Pad;
import org.quadralib.graph.op.Reshape;
import org.quadralib.graph.op.Slice;
import org.quadralib.graph.op.Sum;
import org.quadralib.graph.op.Transpose;
import org.quadralib.graph.op.Unary;
import org.quadralib.graph.op.UnaryFunction;
import org.quadralib.graph.op.UnaryGradient;
import org.quadralib.graph.op.Unfold;

/**
 * The same computation with every difference made a sum. Run on the absolute values of the inputs,
 * it gives for each result {@code Σ|terms|}, which bounds how large rounding errors can become: in
 * a polynomial each rounding is at most {@code UNIT} times that (Higham, Accuracy and Stability of
 * Numerical Algorithms, 3.1). Functions with a bounded derivative are replaced by a line above
 * them.
 */
final class Majorant {
  private final GraphBuilder builder = new GraphBuilder();
  private final Ops ops = new Ops(builder);
  private final Map<Value, Value> copies = new HashMap<>();

  private Majorant() {}

  /** The majorant of a graph without composites; empty where it has an operation without one. */
  static Optional<Graph> of(Graph graph) {
    return new Majorant().copy(graph);
  }

  private Optional<Graph> copy(Graph graph) {
    if (!graph.states().isEmpty()) {
      return Optional.empty();
    }
    graph.inputs().forEach(v -> copies.put(v, builder.input(v.name(), v.type())));
    for (Node node : graph.nodes()) {
      List<Value> inputs = new ArrayList<>(node.inputs().stream().map(copies::get).toList());
      List<Value> results = replace(node, inputs);
      if (results.isEmpty()) {
        return Optional.empty();
      }
      for (int i = 0; i < results.size(); i++) {
        copies.put(node.outputs().get(i), results.get(i));
      }
    }
    graph.outputs().forEach((name, value) -> builder.output(name, copies.get(value)));
    return Optional.of(builder.build());
  }

  /** What takes the place of a node's results; empty where nothing can. */
  private List<Value> replace(Node node, List<Value> inputs) {
    return switch (node.op()) {
      case LinearOp op -> builder.applyAll(op, inputs);
      case Unfold op -> builder.applyAll(op, inputs);
      case Fold op -> builder.applyAll(op, inputs);
      case AvgPool2d op -> builder.applyAll(op, inputs);
      case AvgPool2dGradient op -> builder.applyAll(op, inputs);
      case Sum op -> builder.applyAll(op, inputs);
      case Broadcast op -> builder.applyAll(op, inputs);
      case Reshape op -> builder.applyAll(op, inputs);
      case Transpose op -> builder.applyAll(op, inputs);
      case Concat op -> builder.applyAll(op, inputs);
      case Slice op -> builder.applyAll(op, inputs);
      case Pad op -> builder.applyAll(op, inputs);
      case MulAdd op -> builder.applyAll(op, inputs);
      case Dropout op -> builder.applyAll(op, inputs);
      case Binary(var function) when function == Binary.Function.SUB ->
          List.of(ops.add(inputs.get(0), inputs.get(1)));
      case Binary op -> builder.applyAll(op, inputs);
      case Fill op -> List.of(builder.apply(new Fill(op.type(), Math.abs(op.value()))));
      case NegativeLogLikelihood op -> absolute(builder.applyAll(op, inputs));
      case NegativeLogLikelihoodGradient op -> absolute(builder.applyAll(op, inputs));
      case Unary op -> unary(op, inputs.get(0));
      case UnaryGradient op -> gradient(op.function(), inputs.get(0), inputs.get(1));
      default -> List.of();
    };
  }

  private List<Value> absolute(List<Value> values) {
    return List.of(ops.unary(UnaryFunction.ABS, values.getFirst()));
  }

  private List<Value> unary(Unary op, Value x) {
    return switch (op.function()) {
      case AFFINE -> List.of(ops.affine(x, Math.abs(op.a()), Math.abs(op.b())));
      case SQUARE -> List.of(ops.square(x));
      case RELU, LEAKY_RELU, ABS, SMOOTH_L1 -> List.of(x);
      case MIN -> List.of(ops.affine(x, 1, Math.abs(op.a())));
      case SIGMOID -> List.of(ops.affine(x, 0.25, 1));
      case TANH, SOFTPLUS -> List.of(ops.affine(x, 1, 1));
      case GELU, SILU -> List.of(ops.affine(x, 2, 0));
      case SQRT, EXP, LOG, RECIPROCAL -> List.of();
    };
  }

  /** {@code v} is what {@link UnaryFunction#gradientNeeds()} says. */
  private List<Value> gradient(UnaryFunction function, Value g, Value v) {
    return switch (function) {
      case RELU, LEAKY_RELU, ABS, SMOOTH_L1, MIN -> List.of(g);
      case TANH -> List.of(ops.mulAdd(g, ops.square(v), g));
      case SIGMOID -> List.of(ops.mul(g, ops.add(v, ops.square(v))));
      case SQUARE -> List.of(ops.affine(ops.mul(g, v), 2, 0));
      case SOFTPLUS, GELU, SILU -> List.of(ops.affine(ops.mulAdd(g, v, g), 2, 0));
      case EXP -> List.of(ops.mul(g, v));
      case RECIPROCAL -> List.of(ops.mul(g, ops.square(v)));
      case AFFINE, SQRT, LOG -> List.of();
    };
  }
}
