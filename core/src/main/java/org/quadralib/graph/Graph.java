package org.quadralib.graph;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A computation: nodes in an order in which they can run. Immutable.
 *
 * @param inputs values fed before each run
 * @param states values kept from run to run
 * @param outputs values to be read after a run, by name
 */
public record Graph(
    List<Value> inputs, List<Value> states, List<Node> nodes, Map<String, Value> outputs) {
  /** Copies the collections; outputs keep their order. */
  public Graph {
    inputs = List.copyOf(inputs);
    states = List.copyOf(states);
    nodes = List.copyOf(nodes);
    outputs = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(outputs));
  }

  /** One line a node, as data one can read. */
  @Override
  public String toString() {
    return nodes.stream().map(Node::toString).collect(Collectors.joining("\n"));
  }
}
