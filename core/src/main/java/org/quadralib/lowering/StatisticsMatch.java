package org.quadralib.lowering;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quadralib.graph.Node;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.BatchStatistics;
import org.quadralib.graph.op.Conv2d;
import org.quadralib.graph.op.Conv2dStatistics;

/** Finds a convolution all of whose maps are followed by their {@link BatchStatistics}. */
final class StatisticsMatch {
  private StatisticsMatch() {}

  /** The convolution that a node is; null if it is none. */
  static Fusion.@Nullable Match of(Uses uses, Node node) {
    if (!(node.op() instanceof Conv2d convolution)) {
      return null;
    }
    List<Node> all = new ArrayList<>(List.of(node));
    List<Value> outputs = new ArrayList<>(node.outputs());
    for (Value map : node.outputs()) {
      Node statistics = statistics(uses, map);
      if (statistics == null || statistics.phase() != node.phase()) {
        return null;
      }
      all.add(statistics);
      outputs.addAll(statistics.outputs());
    }
    Node fused =
        new Node(
            new Conv2dStatistics(convolution), node.inputs(), outputs, node.phase(), node.scope());
    return new Fusion.Match(fused, node, all);
  }

  private static @Nullable Node statistics(Uses uses, Value map) {
    for (Node reader : uses.readers(map)) {
      if (reader.op() instanceof BatchStatistics) {
        return reader;
      }
    }
    return null;
  }
}
