package org.quadralib.onnx;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.quadralib.io.FormatException;
import org.quadralib.layers.Backprop;
import org.quadralib.layers.Layer;
import org.quadralib.layers.LayerGraph;
import org.quadralib.layers.Mode;
import org.quadralib.layers.Model;
import org.quadralib.layers.Sequential;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Shape;

/** The network that grows while ONNX nodes become layers: who reads what, names and shapes. */
final class ImportedGraph {
  private final String file;
  private final OnnxConstants constants;
  private final Map<String, Piece> pieces = new HashMap<>();
  private final List<LayerGraph.Node> nodes = new ArrayList<>();
  private final Set<String> names = new TreeSet<>();

  /**
   * A computed value.
   *
   * @param node name of the node of the graph that makes it
   * @param shape without the batch
   */
  record Piece(String node, Shape shape) {}

  ImportedGraph(String file, OnnxConstants constants) {
    this.file = file;
    this.constants = constants;
  }

  /** Gives a value of the file another name there. */
  void name(String value, Piece piece) {
    pieces.put(value, piece);
  }

  /** What a value of the file is. */
  Piece piece(String name, String where) throws FormatException {
    if (!pieces.containsKey(name)) {
      throw error(
          where,
          constants.has(name)
              ? "it computes with the constant '" + name + "'"
              : "it reads '" + name + "', which nothing before it computes");
    }
    return requireNonNull(pieces.get(name));
  }

  /** What the first input of a node is. */
  Piece first(OnnxProto.Node node) throws FormatException {
    return piece(input(node, 0), where(node));
  }

  /** A layer of the first input. */
  void layer(OnnxProto.Node node, Layer layer) throws FormatException {
    layer(node, unique(nameOf(node, "")), first(node), layer);
  }

  /** The same, with a name that is not given yet. */
  void layer(OnnxProto.Node node, String name, Piece x, Layer layer) throws FormatException {
    put(node, name, List.of(x.node()), LayerGraph.Merge.ADD, layer, after(layer, x.shape()));
  }

  /** A layer between nodes of the file: where its result goes on from. */
  Piece between(String name, Piece x, Layer layer) {
    String own = unique(name);
    nodes.add(new LayerGraph.Node(own, List.of(x.node()), LayerGraph.Merge.ADD, layer));
    return new Piece(own, after(layer, x.shape()));
  }

  /** The layer that was added last; null if there is none. */
  LayerGraph.@Nullable Node last() {
    return nodes.isEmpty() ? null : nodes.getLast();
  }

  /** Puts another layer in the place of the last. */
  void replaceLast(Layer layer) {
    LayerGraph.Node last = nodes.removeLast();
    nodes.add(new LayerGraph.Node(last.name(), last.inputs(), last.merge(), layer));
  }

  /** All inputs together. */
  void merge(OnnxProto.Node node, LayerGraph.Merge merge) throws FormatException {
    List<Piece> inputs = new ArrayList<>();
    for (String input : node.inputs()) {
      inputs.add(piece(input, where(node)));
    }
    Shape shape = inputs.getFirst().shape();
    for (Piece other : inputs.subList(1, inputs.size())) {
      if (merge == LayerGraph.Merge.CONCAT) {
        shape = shape.with(0, Math.addExact(shape.dim(0), other.shape().dim(0)));
      } else if (!other.shape().equals(shape)) {
        throw error(where(node), "it joins results of shapes " + shape + " and " + other.shape());
      }
    }
    put(
        node,
        unique(nameOf(node, "")),
        inputs.stream().map(Piece::node).toList(),
        merge,
        Sequential.of(),
        shape);
  }

  private void put(
      OnnxProto.Node node,
      String name,
      List<String> inputs,
      LayerGraph.Merge merge,
      Layer layer,
      Shape shape)
      throws FormatException {
    if (node.outputs().isEmpty()) {
      throw error(where(node), "it has no output");
    }
    nodes.add(new LayerGraph.Node(name, inputs, merge, layer));
    pieces.put(node.outputs().getFirst(), new Piece(name, shape));
  }

  /** The nodes that the output needs, in a row if each reads the one before. */
  Layer network(String last) {
    Set<String> needed = new TreeSet<>(Set.of(last));
    List<LayerGraph.Node> used = new ArrayList<>();
    for (LayerGraph.Node node : nodes.reversed()) {
      if (needed.contains(node.name())) {
        needed.addAll(node.inputs());
        used.addFirst(node);
      }
    }
    if (used.isEmpty()) {
      return Sequential.of();
    }
    String before = LayerGraph.INPUT;
    Map<String, Layer> row = new LinkedHashMap<>();
    for (LayerGraph.Node node : used) {
      if (!node.inputs().equals(List.of(before))) {
        return new LayerGraph(used);
      }
      row.put(node.name(), node.layer());
      before = node.name();
    }
    return new Sequential(row);
  }

  /** Shape of a layer's result, without the batch. */
  private static Shape after(Layer layer, Shape input) {
    Shape output =
        Model.trace(layer, input, 1, Mode.EVALUATE, DType.FLOAT32, path -> Backprop.AUTODIFF)
            .output()
            .shape();
    int[] dims = output.dims();
    return Shape.of(Arrays.copyOfRange(dims, 1, dims.length));
  }

  /** A name that a layer can have and none has yet. */
  String unique(String name) {
    String clean = name.replaceAll("[^A-Za-z0-9_.-]", "_");
    String result = clean.isEmpty() || clean.equals(LayerGraph.INPUT) ? "layer" : clean;
    for (int i = 1; !names.add(result); i++) {
      result = clean + "_" + i;
    }
    return result;
  }

  /**
   * {@code layer1.0.conv1} for a weight {@code layer1.0.conv1.weight}, else the node's own name.
   */
  static String nameOf(OnnxProto.Node node, String weight) {
    if (weight.endsWith(".weight") && weight.length() > ".weight".length()) {
      return weight.substring(0, weight.length() - ".weight".length());
    }
    return node.operator().toLowerCase(Locale.ROOT);
  }

  /** The name of an input. */
  String input(OnnxProto.Node node, int index) throws FormatException {
    if (index >= node.inputs().size()) {
      throw error(where(node), "its input " + index + " is missing");
    }
    return node.inputs().get(index);
  }

  /** A node, in errors. */
  static String where(OnnxProto.Node node) {
    return "the node '" + (node.name().isEmpty() ? node.operator() : node.name()) + "'";
  }

  /** What the library cannot take. */
  FormatException error(String where, String problem) {
    return new FormatException(
        file, where, problem, "the library has no layer for that; change the model");
  }
}
