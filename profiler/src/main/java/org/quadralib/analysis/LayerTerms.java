package org.quadralib.analysis;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.quadralib.graph.Graph;
import org.quadralib.graph.Node;
import org.quadralib.graph.Phase;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.Binary;
import org.quadralib.graph.op.Fused;
import org.quadralib.graph.op.MulAdd;
import org.quadralib.graph.op.Op;

/**
 * The terms of one layer, found in a graph in which quadratic layers are written out: one for
 * evaluation, or for training with automatic differentiation. With branch normalisation the terms
 * are the normalised ones, which are what is added up.
 *
 * @param layer path of the layer
 * @param node computes its output
 * @param first its first-order term; null if it has none, or is only one of several terms
 * @param second its second-order term; null if it has none or if it is a product
 * @param factors {@code A} and {@code B}, if the second-order term is their product and the product
 *     itself is no value of the graph
 */
public record LayerTerms(
    String layer, Node node, @Nullable Value first, @Nullable Value second, List<Value> factors) {
  /** Copies the factors. */
  public LayerTerms {
    factors = List.copyOf(factors);
  }

  /** Whether the output is a sum of a first- and a second-order term. */
  public boolean isSplit() {
    return first != null && isSecondOrder();
  }

  /** Whether there is a second-order term. */
  public boolean isSecondOrder() {
    return second != null || !factors.isEmpty();
  }

  /** The output of the layer. */
  public Value output() {
    return node.output();
  }

  /**
   * The layers of a graph in the order in which they run, by path. The output of a path is that of
   * its last operation.
   */
  public static Map<String, LayerTerms> of(Graph graph) {
    Set<String> states = graph.states().stream().map(Value::name).collect(Collectors.toSet());
    Map<String, Node> last = new LinkedHashMap<>();
    for (Node node : graph.nodes()) {
      if (node.phase() == Phase.FORWARD && isImage(node)) {
        last.remove(node.scope());
        last.put(node.scope(), node);
      }
    }
    Map<String, LayerTerms> layers = new LinkedHashMap<>();
    // What is fused ends in the result of a later layer, and its terms never exist.
    last.values().removeIf(node -> node.op() instanceof Fused);
    last.forEach((path, node) -> layers.put(path, terms(path, node, states)));
    return layers;
  }

  /** Whether it computes numbers for each example, and not statistics or updates. */
  private static boolean isImage(Node node) {
    return node.outputs().size() == 1
        && node.output().shape().rank() >= 2
        && node.output().type().dtype().isFloating();
  }

  private static LayerTerms terms(String path, Node node, Set<String> states) {
    boolean hasA = hasMap(path, 1, states);
    boolean hasB = hasMap(path, 2, states);
    boolean hasC = hasMap(path, 3, states);
    boolean hasS = hasMap(path, 4, states);
    boolean hasQ = states.contains(path + ".form.weight");
    Op op = node.op();
    if (op instanceof MulAdd && hasA && hasB && hasC) {
      return new LayerTerms(path, node, node.inputs().get(2), null, node.inputs().subList(0, 2));
    }
    boolean isSum =
        op instanceof Binary(Binary.Function function) && function == Binary.Function.ADD;
    if (isSum && hasQ && hasC) {
      return new LayerTerms(path, node, node.inputs().get(1), node.inputs().get(0), List.of());
    }
    boolean isProduct =
        op instanceof Binary(Binary.Function function) && function == Binary.Function.MUL;
    boolean onlySecond =
        hasQ || hasS || (isProduct && hasA && hasB) || (hasA && !hasB && isQuadratic(op));
    return onlySecond
        ? new LayerTerms(path, node, null, node.output(), List.of())
        : new LayerTerms(path, node, null, null, List.of());
  }

  private static boolean isQuadratic(Op op) {
    return op instanceof org.quadralib.graph.op.Unary unary
        && unary.function() == org.quadralib.graph.op.UnaryFunction.SQUARE;
  }

  /** Whether a layer has the weights of a map: 1 is A, 2 is B, 3 is C, 4 is the map of x². */
  private static boolean hasMap(String path, int number, Set<String> states) {
    return states.contains(path + ".conv" + number + ".weight")
        || states.contains(path + ".fc" + number + ".weight");
  }

  /** The layer with a path. */
  public static Optional<LayerTerms> named(Graph graph, String layer) {
    return Optional.ofNullable(of(graph).get(layer));
  }
}
