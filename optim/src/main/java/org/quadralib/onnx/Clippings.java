package org.quadralib.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.quadralib.graph.Graph;
import org.quadralib.graph.Node;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.Unary;
import org.quadralib.graph.op.UnaryFunction;

/**
 * Where a graph clips to a range. A {@link org.quadralib.layers.Clip} is traced as {@code relu(x -
 * low) + low}, and a minimum; in ONNX both are one node, which is also how it can come back.
 */
final class Clippings {
  private final GraphFacts facts;
  private final Map<Node, Clipping> byEnd = new HashMap<>();
  private final Set<Node> inside = new HashSet<>();

  /**
   * One of them.
   *
   * @param x what is clipped
   * @param inside nodes before the last
   */
  record Clipping(Value x, double low, double high, List<Node> inside) {
    Clipping to(double highest, Node end) {
      List<Node> nodes = new ArrayList<>(inside);
      nodes.add(end);
      return new Clipping(x, low, highest, nodes);
    }
  }

  Clippings(Graph graph, GraphFacts facts) {
    this.facts = facts;
    for (Node node : graph.nodes().reversed()) { // ends come before what they end
      Clipping found = inside.contains(node) ? null : find(node);
      if (found != null) {
        byEnd.put(node, found);
        inside.addAll(found.inside());
      }
    }
  }

  /** What ends at a node, if something does. */
  @Nullable Clipping endingAt(Node node) {
    return byEnd.get(node);
  }

  /** Whether a node is part of one, but not the end. */
  boolean isInside(Node node) {
    return inside.contains(node);
  }

  private @Nullable Clipping find(Node end) {
    if (!(end.op() instanceof Unary unary) || unary.function() != UnaryFunction.MIN) {
      return above(end);
    }
    Node before = facts.onlyMaker(end);
    if (before != null) {
      Clipping above = above(before);
      if (above != null) {
        return above.to(unary.a(), before);
      }
      if (is(before, UnaryFunction.RELU)) {
        return new Clipping(before.inputs().getFirst(), 0, unary.a(), List.of(before));
      }
    }
    Value x = end.inputs().getFirst();
    return new Clipping(x, Double.NEGATIVE_INFINITY, unary.a(), List.of());
  }

  /** {@code relu(x - low) + low}. */
  private @Nullable Clipping above(Node end) {
    if (!(end.op() instanceof Unary add) || !isShift(add)) {
      return null;
    }
    Node relu = facts.onlyMaker(end);
    Node start = relu != null && is(relu, UnaryFunction.RELU) ? facts.onlyMaker(relu) : null;
    if (start == null || !(start.op() instanceof Unary subtract)) {
      return null;
    }
    if (relu == null || !isShift(subtract) || subtract.b() != -add.b()) {
      return null;
    }
    Value x = start.inputs().getFirst();
    return new Clipping(x, add.b(), Double.POSITIVE_INFINITY, List.of(start, relu));
  }

  private static boolean is(Node node, UnaryFunction function) {
    return node.op() instanceof Unary unary && unary.function() == function;
  }

  private static boolean isShift(Unary unary) {
    return unary.function() == UnaryFunction.AFFINE && unary.a() == 1;
  }
}
