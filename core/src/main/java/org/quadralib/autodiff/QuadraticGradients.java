package org.quadralib.autodiff;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.Composite;
import org.quadralib.graph.op.Fused;
import org.quadralib.graph.op.Quadratic;
import org.quadralib.graph.op.RecomputeGradient;

/**
 * Hybrid back-propagation: the gradient of a quadratic layer is one operation that reads the
 * layer's operands and recomputes the rest.
 */
final class QuadraticGradients {
  private QuadraticGradients() {}

  static List<@Nullable Value> of(GradientContext context, Composite op) {
    return switch (op) {
      case Quadratic quadratic -> ofLayer(context, quadratic);
      case RecomputeGradient gradient -> ofGradient(context, gradient);
      case Fused fused ->
          throw new GradientException(
              fused.name() + " has no derivative; differentiate before operations are fused");
    };
  }

  private static List<@Nullable Value> ofLayer(GradientContext context, Quadratic op) {
    List<Value> inputs = context.inputs(0, context.node().inputs().size());
    List<Value> outputs = context.node().outputs();
    if (context.outputGradients().stream().skip(1).anyMatch(Objects::nonNull)) {
      throw new GradientException(
          "there is no derivative through the statistics of "
              + context.node()
              + "; trace the layer as its parts instead");
    }
    List<Integer> wrt = variables(context).boxed().toList();
    List<Value> operands = new ArrayList<>(inputs);
    operands.addAll(outputs.subList(1, outputs.size()));
    operands.add(context.gradient());
    List<Value> gradients = context.graph().applyAll(new RecomputeGradient(op, wrt), operands);
    Value[] result = new Value[inputs.size()];
    for (int i = 0; i < wrt.size(); i++) {
      result[wrt.get(i)] = gradients.get(i);
    }
    return Arrays.asList(result);
  }

  /** A second derivative writes the first one out and differentiates that. */
  private static List<@Nullable Value> ofGradient(GradientContext context, RecomputeGradient op) {
    List<Value> inputs = context.inputs(0, context.node().inputs().size());
    List<Value> results = Composites.expand(context.graph(), op, inputs);
    Map<Value, Value> upstream = new HashMap<>();
    for (int i = 0; i < results.size(); i++) {
      if (context.outputGradients().get(i) instanceof Value gradient) {
        upstream.put(results.get(i), gradient);
      }
    }
    List<Value> wrt = variables(context).mapToObj(inputs::get).toList();
    Map<Value, Value> gradients = Differentiator.gradients(context.graph(), upstream, wrt);
    Value[] result = new Value[inputs.size()];
    variables(context).forEach(i -> result[i] = gradients.get(inputs.get(i)));
    return Arrays.asList(result);
  }

  /**
   * Operands to differentiate with respect to. One that serves twice, such as a weight shared by
   * two maps, counts once: its gradient is that of all its uses.
   */
  private static IntStream variables(GradientContext context) {
    List<Value> inputs = context.node().inputs();
    return IntStream.range(0, inputs.size())
        .filter(i -> context.needs(i) && inputs.indexOf(inputs.get(i)) == i);
  }
}
