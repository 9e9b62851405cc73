package org.quadralib.lowering;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quadralib.graph.Graph;
import org.quadralib.graph.Node;
import org.quadralib.graph.Value;

/** Which nodes make and read the values of a graph. */
final class Uses {
  private final Graph graph;
  private final Map<Value, Node> producers = new HashMap<>();
  private final Map<Value, List<Node>> readers = new HashMap<>();
  private final Map<Node, Integer> positions = new HashMap<>();

  Uses(Graph graph) {
    this.graph = graph;
    for (Node node : graph.nodes()) {
      positions.put(node, positions.size());
      node.inputs().forEach(v -> readers.computeIfAbsent(v, k -> new ArrayList<>()).add(node));
      node.outputs().forEach(v -> producers.put(v, node));
    }
  }

  /** The node a value is a result of; null for inputs and states. */
  @Nullable Node producer(Value value) {
    return producers.get(value);
  }

  /** The nodes that read a value, once for each operand it is. */
  List<Node> readers(Value value) {
    return readers.getOrDefault(value, List.of());
  }

  /** The only node that reads a value, once; null if there are others or it is an output. */
  @Nullable Node soleReader(Value value) {
    List<Node> all = readers(value);
    return all.size() == 1 && !graph.outputs().containsValue(value) ? all.getFirst() : null;
  }

  /** Place of a node in the order in which nodes run. */
  int position(Node node) {
    return positions.getOrDefault(node, -1);
  }
}
