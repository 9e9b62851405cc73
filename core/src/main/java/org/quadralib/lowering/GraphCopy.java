package org.quadralib.lowering;

import static java.util.Objects.requireNonNull;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.quadralib.graph.Graph;
import org.quadralib.graph.GraphBuilder;
import org.quadralib.graph.Node;
import org.quadralib.graph.Value;

/** Copies a graph node by node, letting a rule replace nodes. */
final class GraphCopy {
  /** Traces a node, or what replaces it, and returns as many results as the node has. */
  interface Rule {
    List<Value> apply(GraphBuilder builder, Node node, List<Value> inputs);
  }

  private GraphCopy() {}

  static Graph of(Graph graph, Rule rule) {
    GraphBuilder builder = new GraphBuilder();
    Map<Value, Value> copies = new HashMap<>();
    for (Value input : graph.inputs()) {
      copies.put(input, builder.input(input.name(), input.type()));
    }
    for (Value state : graph.states()) {
      copies.put(state, builder.state(state.name(), state.type(), state.category()));
    }
    for (Node node : graph.nodes()) {
      List<Value> inputs = node.inputs().stream().map(copies::get).toList();
      List<Value> results =
          builder.at(node.phase(), node.scope(), () -> rule.apply(builder, node, inputs));
      for (int i = 0; i < results.size(); i++) {
        copies.put(node.outputs().get(i), results.get(i));
      }
    }
    graph
        .outputs()
        .forEach((name, value) -> builder.output(name, requireNonNull(copies.get(value))));
    return builder.build();
  }
}
