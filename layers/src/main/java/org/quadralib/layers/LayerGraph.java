package org.quadralib.layers;

import static java.util.Objects.requireNonNull;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.Concat;

/**
 * Layers that read each other's results in any order without cycles. The result is that of the last
 * node.
 *
 * @param nodes each after those it reads
 */
public record LayerGraph(List<Node> nodes) implements Container {
  /** Name under which nodes read the input of the whole graph. */
  public static final String INPUT = "input";

  /** What becomes of several results that a node reads. */
  public enum Merge {
    /** Element-wise sum. */
    ADD,
    /** Element-wise product. */
    MULTIPLY,
    /** One after another along the channels. */
    CONCAT
  }

  /**
   * A layer and what it reads.
   *
   * @param name prefix of its parameters' names
   * @param inputs names of the nodes that it reads, or {@link #INPUT}
   * @param merge how several inputs become one
   */
  public record Node(String name, List<String> inputs, Merge merge, Layer layer) {
    /** Copies the inputs. */
    public Node {
      inputs = List.copyOf(inputs);
      if (inputs.isEmpty()) {
        throw new IllegalArgumentException("the node '" + name + "' reads nothing");
      }
    }
  }

  /** Copies the nodes and checks that each reads what is there. */
  public LayerGraph {
    nodes = List.copyOf(nodes);
    Set<String> known = new HashSet<>(Set.of(INPUT));
    for (Node node : nodes) {
      for (String input : node.inputs()) {
        if (!known.contains(input)) {
          throw new IllegalArgumentException(
              "the node '%s' reads '%s', but no node before it has that name"
                  .formatted(node.name(), input));
        }
      }
      if (!known.add(node.name())) {
        throw new IllegalArgumentException("two nodes have the name '" + node.name() + "'");
      }
    }
    if (nodes.isEmpty()) {
      throw new IllegalArgumentException("a graph of layers needs at least one node");
    }
  }

  @Override
  public Map<String, Layer> children() {
    Map<String, Layer> children = new LinkedHashMap<>();
    nodes.forEach(node -> children.put(node.name(), node.layer()));
    return children;
  }

  @Override
  public LayerGraph withChildren(Map<String, Layer> children) {
    return new LayerGraph(
        nodes.stream()
            .map(
                node ->
                    new Node(
                        node.name(),
                        node.inputs(),
                        node.merge(),
                        requireNonNull(children.get(node.name()))))
            .toList());
  }

  @Override
  public Value trace(Trace trace, Value x) {
    Map<String, Value> values = new HashMap<>(Map.of(INPUT, x));
    for (Node node : nodes) {
      List<Value> inputs =
          node.inputs().stream().map(name -> requireNonNull(values.get(name))).toList();
      Value merged = trace.graph().inScope(node.name(), () -> merge(trace, node.merge(), inputs));
      values.put(node.name(), trace.child(node.name(), node.layer(), merged));
    }
    return requireNonNull(values.get(nodes.getLast().name()));
  }

  private static Value merge(Trace trace, Merge merge, List<Value> inputs) {
    if (inputs.size() == 1) {
      return inputs.getFirst();
    }
    return switch (merge) {
      case ADD -> inputs.stream().reduce(trace.ops()::add).orElseThrow();
      case MULTIPLY -> inputs.stream().reduce(trace.ops()::mul).orElseThrow();
      case CONCAT -> trace.graph().applyAll(new Concat(1), inputs).getFirst();
    };
  }
}
