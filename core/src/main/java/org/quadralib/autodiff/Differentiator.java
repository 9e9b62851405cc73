package org.quadralib.autodiff;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.quadralib.graph.GraphBuilder;
import org.quadralib.graph.Node;
import org.quadralib.graph.Ops;
import org.quadralib.graph.Phase;
import org.quadralib.graph.Value;

/** Reverse-mode differentiation: walks the nodes backwards and records their derivatives. */
public final class Differentiator {
  private Differentiator() {}

  /** Gradients of a scalar; see {@link #gradients(GraphBuilder, Map, Collection)}. */
  public static Map<Value, Value> gradients(GraphBuilder graph, Value loss, Collection<Value> wrt) {
    return gradients(graph, loss, wrt, Recomputed.NOTHING);
  }

  /** Gradients of a scalar; see {@link #gradients(GraphBuilder, Map, Collection, Recomputed)}. */
  public static Map<Value, Value> gradients(
      GraphBuilder graph, Value loss, Collection<Value> wrt, Recomputed recomputed) {
    Value one = graph.at(Phase.BACKWARD, "loss", () -> new Ops(graph).fillLike(loss, 1));
    return gradients(graph, Map.of(loss, one), wrt, recomputed);
  }

  /**
   * Records the products of upstream gradients with the Jacobian.
   *
   * @param upstream gradients, by the value they belong to
   * @param wrt values to differentiate with respect to, taken as independent variables
   * @return for each of {@code wrt} its gradient, zeros where nothing depends on it
   * @throws GradientException if an operation on the way has no derivative
   */
  public static Map<Value, Value> gradients(
      GraphBuilder graph, Map<Value, Value> upstream, Collection<Value> wrt) {
    return gradients(graph, upstream, wrt, Recomputed.NOTHING);
  }

  /**
   * Records the products of upstream gradients with the Jacobian without keeping all it reads.
   *
   * @param recomputed what is computed again where a gradient reads it
   */
  public static Map<Value, Value> gradients(
      GraphBuilder graph,
      Map<Value, Value> upstream,
      Collection<Value> wrt,
      Recomputed recomputed) {
    List<Node> nodes = graph.nodes();
    Set<Value> variables = new HashSet<>(wrt);
    Set<Value> active = activeValues(nodes, variables);
    Rematerialization rematerialization = new Rematerialization(graph, recomputed, active);
    Map<Value, Value> gradients = new HashMap<>(upstream);
    Ops ops = new Ops(graph);
    for (Node node : nodes.reversed()) {
      boolean reaches =
          node.outputs().stream().anyMatch(v -> gradients.containsKey(v) && !variables.contains(v));
      if (!reaches || node.inputs().stream().noneMatch(active::contains)) {
        continue;
      }
      List<@Nullable Value> ofOutputs = new ArrayList<>();
      for (Value output : node.outputs()) {
        ofOutputs.add(variables.contains(output) ? null : gradients.get(output));
      }
      graph.at(
          Phase.BACKWARD,
          node.scope(),
          () -> {
            List<@Nullable Value> ofInputs =
                GradientRules.apply(
                    new GradientContext(graph, node, ofOutputs, active, rematerialization));
            for (int i = 0; i < ofInputs.size(); i++) {
              Value gradient = ofInputs.get(i);
              if (gradient != null && active.contains(node.inputs().get(i))) {
                gradients.merge(node.inputs().get(i), gradient, ops::add);
              }
            }
            return node;
          });
    }
    Map<Value, Value> result = new HashMap<>();
    for (Value variable : wrt) {
      Value gradient = gradients.get(variable);
      result.put(
          variable,
          gradient != null
              ? gradient
              : graph.at(Phase.BACKWARD, graph.scope(), () -> ops.fillLike(variable, 0)));
    }
    return result;
  }

  /** Values that depend on the variables: gradients of no others are asked for. */
  private static Set<Value> activeValues(List<Node> nodes, Set<Value> variables) {
    Set<Value> active = new HashSet<>(variables);
    for (Node node : nodes) {
      if (node.inputs().stream().anyMatch(active::contains)) {
        node.outputs().stream().filter(v -> v.type().dtype().isFloating()).forEach(active::add);
      }
    }
    return active;
  }
}
