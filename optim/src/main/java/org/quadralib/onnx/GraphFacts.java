package org.quadralib.onnx;

import static java.util.Objects.requireNonNull;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quadralib.graph.Graph;
import org.quadralib.graph.Node;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.Reshape;
import org.quadralib.graph.op.Sum;
import org.quadralib.graph.op.Unary;
import org.quadralib.graph.op.UnaryFunction;

/** What an export has to find out about a graph: who makes and reads a value, and global means. */
final class GraphFacts {
  private final Graph graph;
  private final Value output;
  private final Map<Value, Integer> readers = new HashMap<>();
  private final Map<Value, Node> makers = new HashMap<>();
  private final Map<Value, Boolean> perExample = new HashMap<>();

  /** Of a graph with one output. */
  GraphFacts(Graph graph, Value output) {
    this.graph = graph;
    this.output = output;
    for (Node node : graph.nodes()) {
      node.inputs().forEach(value -> readers.merge(value, 1, Integer::sum));
      node.outputs().forEach(value -> makers.put(value, node));
    }
  }

  /** Sum over height and width, reshaped, divided by the area: the mean of each channel. */
  boolean isGlobalMean(Node sum) {
    return sum.op() instanceof Sum s
        && s.axes().equals(List.of(2, 3))
        && isPerExample(sum.inputs().getFirst())
        && onlyReader(sum.output()) instanceof Node reshape
        && reshape.op() instanceof Reshape
        && onlyReader(reshape.output()) instanceof Node affine
        && isMeanOf(affine, sum);
  }

  /** Whether a division is the last part of such a mean. */
  boolean isEndOfGlobalMean(Node affine) {
    Node reshape = makers.get(affine.inputs().getFirst());
    return reshape != null
        && reshape.op() instanceof Reshape
        && makers.get(reshape.inputs().getFirst()) instanceof Node sum
        && isGlobalMean(sum);
  }

  private static boolean isMeanOf(Node affine, Node sum) {
    int area = sum.inputs().getFirst().shape().span(2, 4);
    return affine.op() instanceof Unary unary
        && unary.function() == UnaryFunction.AFFINE
        && unary.a() == 1.0 / area
        && unary.b() == 0;
  }

  private @Nullable Node onlyReader(Value value) {
    return readers.getOrDefault(value, 0) == 1 && value != output
        ? graph.nodes().stream()
            .filter(node -> node.inputs().contains(value))
            .findFirst()
            .orElse(null)
        : null;
  }

  /** Who makes the first input of a node, if nobody else reads that. */
  @Nullable Node onlyMaker(Node node) {
    Value value = node.inputs().getFirst();
    return onlyReader(value) == node ? makers.get(value) : null;
  }

  /** Whether a value has examples along its first axis: whether it depends on the input. */
  boolean isPerExample(Value value) {
    Boolean known = perExample.get(value);
    if (known == null) {
      known =
          switch (value.source()) {
            case INPUT -> true;
            case STATE -> false;
            case NODE ->
                requireNonNull(makers.get(value)).inputs().stream().anyMatch(this::isPerExample);
          };
      perExample.put(value, known);
    }
    return known;
  }
}
