package org.quadralib.autodiff;

import static java.util.Objects.requireNonNull;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.quadralib.graph.GraphBuilder;
import org.quadralib.graph.Node;
import org.quadralib.graph.Phase;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.LinearOp;

/**
 * Computes values of the forward pass again where the backward pass first reads them, so that they
 * need not be kept (Chen et al. 2016, arXiv 1604.06174; Jain et al. 2020, arXiv 1910.02653). The
 * same kernels run on the same operands, so gradients have the same bits. More is recomputed than
 * is read: what nobody reads is pruned.
 */
final class Rematerialization {
  private final GraphBuilder graph;
  private final Set<Value> active;
  private final Set<Value> forgotten;
  private final Map<Value, Value> keptInstead;
  private final Set<Value> read = new HashSet<>();
  private final Map<Value, Node> producers = new HashMap<>();
  private final Map<Value, Value> copies = new HashMap<>();

  /**
   * For the nodes recorded so far.
   *
   * @param active values whose gradients are asked for; their copies are added
   */
  Rematerialization(GraphBuilder graph, Recomputed recomputed, Set<Value> active) {
    this.graph = graph;
    this.active = active;
    this.forgotten = new HashSet<>(recomputed.values());
    this.keptInstead = recomputed.keptInstead();
    for (Node node : forgotten.isEmpty() ? List.<Node>of() : graph.nodes()) {
      node.outputs().forEach(output -> producers.put(output, node));
      if (node.op() instanceof LinearOp && isFromAnotherLayer(node.inputs().getFirst(), node)) {
        forgotten.remove(node.inputs().getFirst());
      }
    }
  }

  private boolean isFromAnotherLayer(Value x, Node reader) {
    Node producer = producers.get(x);
    return producer != null && !producer.scope().equals(reader.scope());
  }

  /** What a gradient reads for a value of the forward pass: the value itself, or a copy of it. */
  Value readable(Value value) {
    if (!forgotten.contains(value)) {
      return value;
    }
    read.add(value);
    if (keptInstead.containsKey(value) && read.contains(keptInstead.get(value))) {
      return value;
    }
    if (!copies.containsKey(value)) {
      recompute(requireNonNull(producers.get(value)));
    }
    return requireNonNull(copies.get(value));
  }

  private void recompute(Node node) {
    List<Value> inputs = node.inputs().stream().map(this::readable).toList();
    List<Value> results =
        graph.at(Phase.RECOMPUTE, node.scope(), () -> graph.applyAll(node.op(), inputs));
    for (int i = 0; i < results.size(); i++) {
      copies.put(node.outputs().get(i), results.get(i));
      if (active.contains(node.outputs().get(i))) {
        active.add(results.get(i));
      }
    }
  }
}
