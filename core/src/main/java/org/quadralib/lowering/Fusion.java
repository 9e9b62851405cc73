package org.quadralib.lowering;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.quadralib.graph.Graph;
import org.quadralib.graph.Node;
import org.quadralib.graph.op.Composite;

/**
 * Replaces groups of operations by one that a backend runs as one kernel: convolutions with what
 * becomes of their results or with their statistics, normalisations with what they are part of, and
 * the derivative of three normalised branches. What is in between is then never stored, or not read
 * again. Sums that are known to be zero are not computed.
 */
public final class Fusion {

  /**
   * A group of nodes and what takes its place.
   *
   * @param at node whose place in the order it takes
   * @param replaced the whole group
   */
  record Match(Node fused, Node at, List<Node> replaced) {}

  private Fusion() {}

  /**
   * The same computation with fused operations.
   *
   * @param isNative which of them the backend runs
   */
  public static Graph fuse(Graph graph, Predicate<Composite> isNative) {
    Graph gradients = replace(ZeroSums.replace(graph), isNative, QuadraticNormMatch::of);
    Graph forms = replace(Pruning.prune(gradients), isNative, FormMatch::of);
    return replace(forms, isNative, StatisticsMatch::of);
  }

  private static Graph replace(
      Graph graph, Predicate<Composite> isNative, BiFunction<Uses, Node, @Nullable Match> pattern) {
    Uses uses = new Uses(graph);
    Map<Node, Node> fused = new HashMap<>();
    Set<Node> replaced = new HashSet<>();
    for (Node node : graph.nodes()) {
      Match match = replaced.contains(node) ? null : pattern.apply(uses, node);
      if (match != null
          && isNative.test((Composite) match.fused.op())
          && match.replaced.stream().noneMatch(replaced::contains)) {
        fused.put(match.at, match.fused);
        replaced.addAll(match.replaced);
      }
    }
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      if (fused.get(node) instanceof Node replacement) {
        nodes.add(replacement);
      } else if (!replaced.contains(node)) {
        nodes.add(node);
      }
    }
    return Pruning.prune(new Graph(graph.inputs(), graph.states(), nodes, graph.outputs()));
  }
}
