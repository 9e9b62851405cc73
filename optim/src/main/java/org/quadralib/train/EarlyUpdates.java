package org.quadralib.train;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.quadralib.graph.Graph;
import org.quadralib.graph.Node;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.StateUpdate;

/**
 * Moves every update to where its gradient is complete and the parameter has been read for the last
 * time, so that gradients need not wait for each other: a step then holds a few of them, not all.
 * Results do not change.
 */
final class EarlyUpdates {
  private EarlyUpdates() {}

  static Graph schedule(Graph graph) {
    List<Node> nodes = graph.nodes();
    // When a value is there, and when a state has been read for the last time.
    Map<Value, Integer> ready = new HashMap<>();
    for (int i = 0; i < nodes.size(); i++) {
      Node node = nodes.get(i);
      for (Value output : node.outputs()) {
        ready.put(output, i);
      }
      if (!(node.op() instanceof StateUpdate)) {
        for (Value input : node.inputs()) {
          if (input.source() == Value.Source.STATE) {
            ready.put(input, i);
          }
        }
      }
    }
    Map<Integer, List<Node>> updatesAfter = new HashMap<>();
    Set<Node> moved = new HashSet<>();
    for (Node node : nodes) {
      if (node.op() instanceof StateUpdate) {
        int after =
            node.inputs().stream().mapToInt(v -> ready.getOrDefault(v, -1)).max().orElse(-1);
        updatesAfter.computeIfAbsent(after, key -> new ArrayList<>()).add(node);
        moved.add(node);
      }
    }
    List<Node> ordered = new ArrayList<>(updatesAfter.getOrDefault(-1, List.of()));
    for (int i = 0; i < nodes.size(); i++) {
      if (!moved.contains(nodes.get(i))) {
        ordered.add(nodes.get(i));
      }
      ordered.addAll(updatesAfter.getOrDefault(i, List.of()));
    }
    return new Graph(graph.inputs(), graph.states(), ordered, graph.outputs());
  }
}
