package org.quadralib.autodiff;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.quadralib.graph.GraphBuilder;
import org.quadralib.graph.Node;
import org.quadralib.graph.Ops;
import org.quadralib.graph.Value;

/**
 * What a gradient rule sees.
 *
 * @param outputGradients gradient of each result, null where the loss does not depend on it
 * @param active values whose gradients are asked for
 */
record GradientContext(
    GraphBuilder graph, Node node, List<@Nullable Value> outputGradients, Set<Value> active) {

  Ops ops() {
    return new Ops(graph);
  }

  Value input(int i) {
    return node.inputs().get(i);
  }

  Value output() {
    return node.output();
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
    return active.contains(input(i));
  }
}
