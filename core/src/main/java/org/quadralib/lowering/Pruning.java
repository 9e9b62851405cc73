package org.quadralib.lowering;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.quadralib.graph.Graph;
import org.quadralib.graph.Node;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.Conv2d;
import org.quadralib.graph.op.Conv2dInputGradient;
import org.quadralib.graph.op.Conv2dWeightGradient;
import org.quadralib.graph.op.Dense;
import org.quadralib.graph.op.DenseInputGradient;
import org.quadralib.graph.op.DenseWeightGradient;
import org.quadralib.graph.op.LinearOp;
import org.quadralib.graph.op.StateUpdate;

/**
 * Removes what neither an output nor an update of state depends on. Linear maps that share their
 * input are removed one by one: recomputing {@code A} and {@code B} does not recompute {@code C}.
 */
public final class Pruning {
  private Pruning() {}

  /** The graph without the nodes, and without the maps of linear nodes, that nobody reads. */
  public static Graph prune(Graph graph) {
    Set<Value> read = new HashSet<>(graph.outputs().values());
    List<Node> kept = new ArrayList<>();
    for (Node node : graph.nodes().reversed()) {
      boolean wanted =
          node.op() instanceof StateUpdate || node.outputs().stream().anyMatch(read::contains);
      if (wanted) {
        Node narrowed = narrow(node, read);
        read.addAll(narrowed.inputs());
        kept.addFirst(narrowed);
      }
    }
    return new Graph(graph.inputs(), graph.states(), kept, graph.outputs());
  }

  private static Node narrow(Node node, Set<Value> read) {
    if (!(node.op() instanceof LinearOp op)) {
      return node;
    }
    List<Integer> maps =
        switch (op) {
          case Conv2d c -> readMaps(node, read);
          case Dense d -> readMaps(node, read);
          case Conv2dWeightGradient c -> readMaps(node, read);
          case DenseWeightGradient d -> readMaps(node, read);
          case Conv2dInputGradient c -> List.of();
          case DenseInputGradient d -> List.of();
        };
    if (maps.isEmpty() || maps.size() == op.maps()) {
      return node;
    }
    // Operands are x, then one or two groups (weights and biases, or gradients) of one per map.
    List<Value> inputs = new ArrayList<>(List.of(node.inputs().getFirst()));
    for (int group = 1; group < node.inputs().size(); group += op.maps()) {
      for (int map : maps) {
        inputs.add(node.inputs().get(group + map));
      }
    }
    LinearOp narrowed =
        switch (op) {
          case Conv2d c -> c.forward(maps.size(), c.bias());
          case Dense d -> d.forward(maps.size(), d.bias());
          default -> op.weightGradient(maps.size(), node.output().shape());
        };
    return new Node(
        narrowed,
        inputs,
        maps.stream().map(node.outputs()::get).toList(),
        node.phase(),
        node.scope());
  }

  private static List<Integer> readMaps(Node node, Set<Value> read) {
    return IntStream.range(0, node.outputs().size())
        .filter(i -> read.contains(node.outputs().get(i)))
        .boxed()
        .toList();
  }
}
