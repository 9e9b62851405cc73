package org.quadralib.onnx;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.quadralib.architecture.Architecture;
import org.quadralib.io.FormatException;
import org.quadralib.layers.Activation;
import org.quadralib.layers.AvgPool2d;
import org.quadralib.layers.Backprop;
import org.quadralib.layers.BatchNorm2d;
import org.quadralib.layers.Clip;
import org.quadralib.layers.Conv2d;
import org.quadralib.layers.Dense;
import org.quadralib.layers.Dropout;
import org.quadralib.layers.Flatten;
import org.quadralib.layers.GlobalAvgPool2d;
import org.quadralib.layers.Initializer;
import org.quadralib.layers.Layer;
import org.quadralib.layers.LayerGraph;
import org.quadralib.layers.MaxPool2d;
import org.quadralib.layers.Mode;
import org.quadralib.layers.Model;
import org.quadralib.layers.Sequential;
import org.quadralib.layers.ZeroPad2d;
import org.quadralib.memory.TensorArena;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Shape;

/**
 * Reads first-order networks from ONNX, and quadratic ones as the products and sums of first-order
 * maps that they are. A network without branches becomes a {@link Sequential}, others a {@link
 * LayerGraph}. Layers are named as their weights in the file are, where these have such names.
 */
public final class OnnxImport {
  private static final Set<String> OPERATORS =
      new TreeSet<>(
          Set.of(
              "Add",
              "AveragePool",
              "BatchNormalization",
              "Clip",
              "Concat",
              "Constant",
              "Conv",
              "Dropout",
              "Flatten",
              "Gelu",
              "Gemm",
              "GlobalAveragePool",
              "Identity",
              "LeakyRelu",
              "MatMul",
              "MaxPool",
              "Mul",
              "ReduceMean",
              "Relu",
              "Reshape",
              "Sigmoid",
              "Squeeze",
              "Sum",
              "Tanh"));

  private final String file;
  private final OnnxProto.Graph graph;
  private final OnnxConstants constants;
  private final Map<String, Piece> pieces = new HashMap<>();
  private final List<LayerGraph.Node> nodes = new ArrayList<>();
  private final Map<String, Integer> readers = new HashMap<>();
  private final Set<String> names = new TreeSet<>();

  /**
   * A computed value.
   *
   * @param node name of the node of the graph that makes it
   * @param shape without the batch
   */
  private record Piece(String node, Shape shape) {}

  private OnnxImport(String file, OnnxProto.Graph graph, TensorArena arena) {
    this.file = file;
    this.graph = graph;
    this.constants = new OnnxConstants(file, graph, arena);
  }

  /**
   * Reads a file.
   *
   * @throws FormatException if it is damaged, or has what the library has no layer for, all of
   *     which is listed
   * @throws IOException if it cannot be read
   */
  public static ImportedModel read(Path file) throws IOException {
    OnnxProto.Graph graph = OnnxReader.read(file).graph();
    TensorArena arena = TensorArena.root(file.toString());
    try {
      return new OnnxImport(file.toString(), graph, arena).read(arena);
    } catch (IllegalArgumentException | ArithmeticException e) {
      arena.close();
      FormatException damaged =
          new FormatException(
              file.toString(), "the network", String.valueOf(e.getMessage()), "mend the model");
      damaged.initCause(e);
      throw damaged;
    } catch (IOException | RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  private ImportedModel read(TensorArena arena) throws IOException {
    requireOperators();
    for (OnnxProto.Node node : graph.nodes()) {
      node.inputs().forEach(input -> readers.merge(input, 1, Integer::sum));
    }
    Shape input = input();
    for (OnnxProto.Node node : graph.nodes()) {
      add(node);
    }
    if (graph.outputs().size() != 1) {
      throw error("the outputs", "there are " + graph.outputs().size() + ", not one");
    }
    String last = piece(graph.outputs().getFirst().name(), "the output").node();
    Architecture architecture = new Architecture(graph.name(), input, network(last));
    Map<String, org.quadralib.tensor.Tensor> weights = constants.weights();
    try (Model model = Model.create(architecture.network(), input, 0)) {
      model.load(weights); // what does not fit together is found here
    }
    return new ImportedModel(architecture, weights, arena);
  }

  private void requireOperators() throws FormatException {
    Set<String> unknown = new TreeSet<>();
    graph.nodes().stream()
        .map(OnnxProto.Node::operator)
        .filter(operator -> !OPERATORS.contains(operator))
        .forEach(unknown::add);
    if (!unknown.isEmpty()) {
      throw new FormatException(
          file,
          "the network",
          "it has operators without a layer here: " + String.join(", ", unknown),
          "known are " + String.join(", ", OPERATORS));
    }
  }

  private Shape input() throws FormatException {
    List<OnnxProto.Port> ports =
        graph.inputs().stream().filter(port -> !constants.has(port.name())).toList();
    if (ports.size() != 1) {
      throw error("the inputs", "there are " + ports.size() + ", not one");
    }
    List<Long> dims = ports.getFirst().dims();
    boolean fixed = dims.size() >= 2 && dims.stream().skip(1).allMatch(d -> d > 0 && d < 1 << 20);
    if (!fixed) {
      throw new FormatException(
          file,
          "the input",
          "its shape is " + dims + " (−1: not fixed)",
          "export the model with fixed channels, height and width");
    }
    Shape shape = Shape.of(dims.stream().skip(1).mapToInt(Long::intValue).toArray());
    pieces.put(ports.getFirst().name(), new Piece(LayerGraph.INPUT, shape));
    return shape;
  }

  /** The nodes that the output needs, in a row if each reads the one before. */
  private Layer network(String last) {
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

  private void add(OnnxProto.Node node) throws FormatException {
    OnnxAttributes a = new OnnxAttributes(file, node);
    switch (node.operator()) {
      case "Constant" -> constants.add(node);
      case "Identity" -> {
        if (constants.has(input(node, 0))) {
          constants.alias(input(node, 0), node.outputs().getFirst());
        } else {
          pieces.put(node.outputs().getFirst(), piece(input(node, 0), where(node)));
        }
      }
      case "Conv" -> convolution(node, a);
      case "Gemm" -> gemm(node, a);
      case "MatMul" -> matMul(node);
      case "BatchNormalization" -> batchNorm(node, a);
      case "Relu" -> layer(node, Activation.relu());
      case "LeakyRelu" -> layer(node, Activation.leakyRelu(a.number("alpha", 0.01)));
      case "Sigmoid" -> layer(node, Activation.sigmoid());
      case "Tanh" -> layer(node, Activation.tanh());
      case "Gelu" -> {
        a.require("approximate", "none");
        layer(node, Activation.gelu());
      }
      case "Clip" -> clip(node, a);
      case "Dropout" -> layer(node, new Dropout(a.number("ratio", 0.5)));
      case "MaxPool" -> {
        a.require("ceil_mode", 0);
        a.require("storage_order", 0);
        a.requireSymmetricPads();
        layer(node, new MaxPool2d(a.window()));
      }
      case "AveragePool" -> {
        a.require("ceil_mode", 0);
        a.requireSymmetricPads();
        boolean padded = a.pads().stream().anyMatch(pad -> pad != 0);
        if (padded) {
          a.require("count_include_pad", 1);
        }
        layer(node, new AvgPool2d(a.window()));
      }
      case "GlobalAveragePool" -> layer(node, new GlobalAvgPool2d());
      case "ReduceMean" -> {
        List<Long> axes =
            node.inputs().size() > 1 ? constants.integers(input(node, 1)) : a.integers("axes");
        if (!axes.equals(List.of(2L, 3L)) && !axes.equals(List.of(-2L, -1L))) {
          throw error(where(node), "it is a mean over other axes than height and width");
        }
        layer(node, new GlobalAvgPool2d());
      }
      case "Flatten" -> {
        a.require("axis", 1);
        layer(node, new Flatten());
      }
      case "Squeeze", "Reshape" -> flatten(node);
      case "Add", "Sum" -> sum(node);
      case "Mul" -> merge(node, LayerGraph.Merge.MULTIPLY);
      case "Concat" -> {
        a.require("axis", 1);
        merge(node, LayerGraph.Merge.CONCAT);
      }
      default -> throw error(where(node), "it is not supported");
    }
  }

  private void convolution(OnnxProto.Node node, OnnxAttributes a) throws FormatException {
    String weight = input(node, 1);
    Shape shape = constants.shape(weight, 4);
    Piece x = piece(input(node, 0), where(node));
    int groups = Math.toIntExact(a.integer("group", 1));
    List<Long> pads = a.pads(x.shape(), shape);
    String from = x.node();
    Shape fromShape = x.shape();
    boolean symmetric = pads.get(0).equals(pads.get(2)) && pads.get(1).equals(pads.get(3));
    if (!symmetric) {
      Layer pad =
          new ZeroPad2d(
              Math.toIntExact(pads.get(0)),
              Math.toIntExact(pads.get(2)),
              Math.toIntExact(pads.get(1)),
              Math.toIntExact(pads.get(3)));
      from = unique(nameOf(node, weight) + "_pad");
      nodes.add(new LayerGraph.Node(from, List.of(x.node()), LayerGraph.Merge.ADD, pad));
      fromShape = after(pad, fromShape);
    }
    boolean bias = node.inputs().size() > 2 && !input(node, 2).isEmpty();
    Layer layer =
        new Conv2d(
            shape.dim(0),
            a.window(shape, symmetric ? pads : List.of(0L, 0L, 0L, 0L)),
            groups > 1 && shape.dim(1) == 1 ? Conv2d.DEPTHWISE : groups,
            bias,
            Initializer.kaimingNormal());
    String name = unique(nameOf(node, weight));
    constants.use(name + ".weight", weight, shape);
    if (bias) {
      constants.use(name + ".bias", input(node, 2), Shape.of(shape.dim(0)));
    }
    put(node, name, List.of(from), LayerGraph.Merge.ADD, layer, after(layer, fromShape));
  }

  private void gemm(OnnxProto.Node node, OnnxAttributes a) throws FormatException {
    a.require("transA", 0);
    if (a.number("alpha", 1) != 1 || a.number("beta", 1) != 1) {
      throw error(where(node), "its factors alpha and beta are not 1");
    }
    boolean bias = node.inputs().size() > 2 && !input(node, 2).isEmpty();
    dense(node, a.integer("transB", 0) == 0, bias ? input(node, 2) : null);
  }

  private void matMul(OnnxProto.Node node) throws FormatException {
    dense(node, true, null);
  }

  private void dense(OnnxProto.Node node, boolean transposed, @Nullable String bias)
      throws FormatException {
    String weight = input(node, 1);
    Shape shape = constants.shape(weight, 2);
    Piece x = piece(input(node, 0), where(node));
    int out = shape.dim(transposed ? 1 : 0);
    Layer layer = new Dense(out, bias != null, Initializer.kaimingNormal());
    String name = unique(nameOf(node, weight));
    if (transposed) {
      constants.useTransposed(name + ".weight", weight, shape);
    } else {
      constants.use(name + ".weight", weight, shape);
    }
    if (bias != null) {
      constants.use(name + ".bias", bias, Shape.of(out));
    }
    put(node, name, List.of(x.node()), LayerGraph.Merge.ADD, layer, after(layer, x.shape()));
  }

  private void batchNorm(OnnxProto.Node node, OnnxAttributes a) throws FormatException {
    a.require("training_mode", 0);
    Piece x = piece(input(node, 0), where(node));
    Layer layer = new BatchNorm2d(a.number("epsilon", 1e-5));
    String name = unique(nameOf(node, input(node, 1)));
    Shape channels = Shape.of(x.shape().dim(0));
    List<String> state = List.of("weight", "bias", "running_mean", "running_var");
    for (int i = 0; i < state.size(); i++) {
      constants.use(name + "." + state.get(i), input(node, 1 + i), channels);
    }
    put(node, name, List.of(x.node()), LayerGraph.Merge.ADD, layer, x.shape());
  }

  private void clip(OnnxProto.Node node, OnnxAttributes a) throws FormatException {
    double low =
        node.inputs().size() > 1 && !input(node, 1).isEmpty()
            ? constants.number(input(node, 1))
            : a.number("min", Double.NEGATIVE_INFINITY);
    double high =
        node.inputs().size() > 2 && !input(node, 2).isEmpty()
            ? constants.number(input(node, 2))
            : a.number("max", Double.POSITIVE_INFINITY);
    layer(node, new Clip(low, high));
  }

  /** Shapes after pooling become vectors; others are not supported. */
  private void flatten(OnnxProto.Node node) throws FormatException {
    Piece x = piece(input(node, 0), where(node));
    if (node.operator().equals("Reshape")) {
      List<Long> shape = constants.integers(input(node, 1));
      long features = x.shape().elements();
      boolean flat = shape.size() == 2 && (shape.get(1) == -1 || shape.get(1) == features);
      if (!flat) {
        throw error(where(node), "it reshapes to " + shape + ", which is not [batch, features]");
      }
    }
    layer(node, new Flatten());
  }

  /** A sum of results, or a bias for the layer before. */
  private void sum(OnnxProto.Node node) throws FormatException {
    int constant =
        node.inputs().size() == 2
            ? constants.has(input(node, 0)) ? 0 : constants.has(input(node, 1)) ? 1 : -1
            : -1;
    if (constant < 0) {
      merge(node, LayerGraph.Merge.ADD);
      return;
    }
    String before = input(node, 1 - constant);
    Piece x = piece(before, where(node));
    LayerGraph.Node last = nodes.isEmpty() ? null : nodes.getLast();
    if (last == null
        || !last.name().equals(x.node())
        || readers.getOrDefault(before, 0) != 1
        || !(withBias(last.layer()) instanceof Layer layer)) {
      throw error(where(node), "it adds a constant to something other than a layer without bias");
    }
    constants.use(last.name() + ".bias", input(node, constant), Shape.of(x.shape().dim(0)));
    nodes.removeLast();
    nodes.add(new LayerGraph.Node(last.name(), last.inputs(), last.merge(), layer));
    pieces.put(node.outputs().getFirst(), x);
  }

  private static @Nullable Layer withBias(Layer layer) {
    return switch (layer) {
      case Dense d when !d.bias() -> new Dense(d.out(), true, d.initializer());
      case Conv2d c when !c.bias() -> c.bias(true);
      default -> null;
    };
  }

  private void merge(OnnxProto.Node node, LayerGraph.Merge merge) throws FormatException {
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

  private void layer(OnnxProto.Node node, Layer layer) throws FormatException {
    Piece x = piece(input(node, 0), where(node));
    put(
        node,
        unique(nameOf(node, "")),
        List.of(x.node()),
        LayerGraph.Merge.ADD,
        layer,
        after(layer, x.shape()));
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

  /** Shape of a layer's result, without the batch. */
  private static Shape after(Layer layer, Shape input) {
    Shape output =
        Model.trace(layer, input, 1, Mode.EVALUATE, DType.FLOAT32, path -> Backprop.AUTODIFF)
            .output()
            .shape();
    int[] dims = output.dims();
    return Shape.of(java.util.Arrays.copyOfRange(dims, 1, dims.length));
  }

  /**
   * {@code layer1.0.conv1} for a weight {@code layer1.0.conv1.weight}, else the node's own name.
   */
  private static String nameOf(OnnxProto.Node node, String weight) {
    if (weight.endsWith(".weight") && weight.length() > ".weight".length()) {
      return weight.substring(0, weight.length() - ".weight".length());
    }
    return node.operator().toLowerCase(java.util.Locale.ROOT);
  }

  private String unique(String name) {
    String clean = name.replaceAll("[^A-Za-z0-9_.-]", "_");
    String result = clean.isEmpty() || clean.equals(LayerGraph.INPUT) ? "layer" : clean;
    for (int i = 1; !names.add(result); i++) {
      result = clean + "_" + i;
    }
    return result;
  }

  private String input(OnnxProto.Node node, int index) throws FormatException {
    if (index >= node.inputs().size()) {
      throw error(where(node), "its input " + index + " is missing");
    }
    return node.inputs().get(index);
  }

  private Piece piece(String name, String where) throws FormatException {
    if (!pieces.containsKey(name)) {
      throw error(
          where,
          constants.has(name)
              ? "it computes with the constant '" + name + "'"
              : "it reads '" + name + "', which nothing before it computes");
    }
    return requireNonNull(pieces.get(name));
  }

  private static String where(OnnxProto.Node node) {
    return "the node '" + (node.name().isEmpty() ? node.operator() : node.name()) + "'";
  }

  private FormatException error(String where, String problem) {
    return new FormatException(
        file, where, problem, "the library has no layer for that; change the model");
  }
}
