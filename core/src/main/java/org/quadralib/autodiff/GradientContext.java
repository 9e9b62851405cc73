package org.quadralib.autodiff;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.quadralib.graph.GraphBuilder;
import org.quadralib.graph.Node;
import org.quadralib.graph.Ops;
import org.quadralib.graph.Value;
import org.quadralib.tensor.Shape;

/**
 * What a gradient rule sees.
 *
 * @param outputGradients gradient of each result, null where the loss does not depend on it
 * @param node what is differentiated: its operands and results are read through this context, for
 *     they may have to be recomputed
 * @param active values whose gradients are asked for
 */
record GradientContext(
    GraphBuilder graph,
    Node node,
    List<@Nullable Value> outputGradients,
    Set<Value> active,
    Rematerialization rematerialization) {

  Ops ops() {
    return new Ops(graph);
  }

  /** An operand, to be read. */
  Value input(int i) {
    return rematerialization.readable(node.inputs().get(i));
  }

  /** Some operands, to be read. */
  List<Value> inputs(int from, int to) {
    return node.inputs().subList(from, to).stream().map(rematerialization::readable).toList();
  }

  /** Shape of an operand, which need not be there any more. */
  Shape shape(int i) {
    return node.inputs().get(i).shape();
  }

  /** The first result, to be read. */
  Value output() {
    return rematerialization.readable(node.output());
  }

  /** Gradient of the first result, which the caller knows is there. */
  Value gradient() {
    Value gradient = outputGradients.getFirst();
    if (gradient == null) {
      throw new IllegalStateException("no gradient reaches " + node);
    }
    return gradient;
  }

  boolean needs(int i) {
    return active.contains(node.inputs().get(i));
  }
}
