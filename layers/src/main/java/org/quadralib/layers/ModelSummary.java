package org.quadralib.layers;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quadralib.graph.Cost;
import org.quadralib.graph.Graph;
import org.quadralib.graph.Node;
import org.quadralib.graph.op.Binary;
import org.quadralib.graph.op.Dense;
import org.quadralib.graph.op.Op;
import org.quadralib.graph.op.Quadratic;
import org.quadralib.graph.op.Unary;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Shape;

/**
 * A model layer by layer.
 *
 * @param rows one for each layer that computes something
 * @param parameters trainable ones of the whole model
 * @param macs multiply-accumulates for one example
 */
public record ModelSummary(List<Row> rows, long parameters, long macs) {
  /** Copies the rows. */
  public ModelSummary {
    rows = List.copyOf(rows);
  }

  /**
   * One layer.
   *
   * @param path name in the state dictionary
   * @param output shape for a batch of one
   */
  public record Row(String path, String operation, Shape output, long parameters, long macs) {}

  /** Traces a network for one example and counts. */
  public static ModelSummary of(Layer layer, Shape example) {
    Model.Traced traced =
        Model.trace(layer, example, 1, Mode.TRAIN, DType.FLOAT32, path -> Backprop.HYBRID);
    Graph graph = traced.graph().build();
    Map<String, Long> parametersOf = new LinkedHashMap<>();
    Map<String, List<Node>> nodesOf = new LinkedHashMap<>();
    for (Node node : graph.nodes()) {
      nodesOf.computeIfAbsent(node.scope(), path -> new ArrayList<>()).add(node);
    }
    long total = 0;
    for (ParameterSpec spec : traced.trace().specs()) {
      if (spec.trainable()) {
        long count = spec.type().shape().elements();
        total += count;
        parametersOf.merge(ownerOf(spec.name(), nodesOf), count, Long::sum);
      }
    }
    Map<String, Layer> leafOf = new LinkedHashMap<>();
    LayerTree.forEachLeaf(layer, leafOf::put);
    List<Row> rows = new ArrayList<>();
    nodesOf.forEach(
        (path, nodes) -> {
          Node shown =
              nodes.stream().filter(n -> Cost.macs(n) > 0).findFirst().orElse(nodes.getLast());
          long macs = nodes.stream().mapToLong(Cost::macs).sum();
          rows.add(
              new Row(
                  path,
                  operation(shown, leafOf.get(path)),
                  shown.output().shape(),
                  parametersOf.getOrDefault(path, 0L),
                  macs));
        });
    return new ModelSummary(rows, total, Cost.macs(graph));
  }

  /** What a layer does, in the words in which it was written down. */
  private static String operation(Node shown, @Nullable Layer leaf) {
    if (leaf instanceof QuadraticConv2d layer) {
      return "QuadraticConv2d " + lowerCase(layer.neuron());
    }
    if (leaf instanceof QuadraticDense layer) {
      return "QuadraticDense " + lowerCase(layer.neuron());
    }
    return switch (shown.op()) {
      case Quadratic op -> {
        String map = op.map() instanceof Dense ? "QuadraticDense" : "QuadraticConv2d";
        yield map + " " + lowerCase(op.type());
      }
      case Op op when Cost.macs(shown) > 0 -> op.name();
      case Op _ when leaf instanceof Activation activation -> lowerCase(activation.function());
      case Op _ when leaf != null -> leaf.getClass().getSimpleName();
      case Binary op -> lowerCase(op.function());
      case Unary op -> lowerCase(op.function());
      case Op op -> op.name();
    };
  }

  private static String lowerCase(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The layer that computes with a parameter: the longest path that is a prefix of its name. */
  private static String ownerOf(String name, Map<String, List<Node>> nodesOf) {
    String path = name;
    while (!nodesOf.containsKey(path) && path.contains(".")) {
      path = path.substring(0, path.lastIndexOf('.'));
    }
    return nodesOf.containsKey(path) ? path : "";
  }

  /** A table with one line a layer and a line of totals. */
  public String table() {
    int pathWidth = rows.stream().mapToInt(row -> row.path().length()).max().orElse(5);
    int opWidth = rows.stream().mapToInt(row -> row.operation().length()).max().orElse(9);
    String format = "%-" + Math.max(5, pathWidth) + "s  %-" + opWidth + "s  %-16s %12s %14s%n";
    StringBuilder table = new StringBuilder();
    table.append(
        String.format(Locale.ROOT, format, "layer", "operation", "output", "parameters", "MACs"));
    for (Row row : rows) {
      table.append(
          String.format(
              Locale.ROOT,
              format,
              row.path(),
              row.operation(),
              row.output(),
              grouped(row.parameters()),
              grouped(row.macs())));
    }
    table.append(
        String.format(Locale.ROOT, format, "total", "", "", grouped(parameters), grouped(macs)));
    return table.toString();
  }

  private static String grouped(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }
}
