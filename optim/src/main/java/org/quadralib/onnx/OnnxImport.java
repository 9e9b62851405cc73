package org.quadralib.onnx;

import static org.quadralib.onnx.ImportedGraph.nameOf;
import static org.quadralib.onnx.ImportedGraph.where;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.quadralib.architecture.Architecture;
import org.quadralib.io.FormatException;
import org.quadralib.layers.Activation;
import org.quadralib.layers.AvgPool2d;
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
import org.quadralib.layers.Model;
import org.quadralib.layers.Sequential;
import org.quadralib.layers.ZeroPad2d;
import org.quadralib.memory.TensorArena;
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
  private final ImportedGraph layers;
  private final Map<String, Integer> readers = new HashMap<>();

  private OnnxImport(String file, OnnxProto.Graph graph, TensorArena arena) {
    this.file = file;
    this.graph = graph;
    this.constants = new OnnxConstants(file, graph, arena);
    this.layers = new ImportedGraph(file, constants);
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
      throw layers.error("the outputs", "there are " + graph.outputs().size() + ", not one");
    }
    String last = layers.piece(graph.outputs().getFirst().name(), "the output").node();
    Architecture architecture = new Architecture(graph.name(), input, layers.network(last));
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
      throw layers.error("the inputs", "there are " + ports.size() + ", not one");
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
    layers.name(ports.getFirst().name(), new ImportedGraph.Piece(LayerGraph.INPUT, shape));
    return shape;
  }

  private void add(OnnxProto.Node node) throws FormatException {
    OnnxAttributes a = new OnnxAttributes(file, node);
    switch (node.operator()) {
      case "Constant" -> constants.add(node);
      case "Identity" -> {
        if (constants.has(input(node, 0))) {
          constants.alias(input(node, 0), node.outputs().getFirst());
        } else {
          layers.name(node.outputs().getFirst(), layers.first(node));
        }
      }
      case "Conv" -> convolution(node, a);
      case "Gemm" -> gemm(node, a);
      case "MatMul" -> matMul(node);
      case "BatchNormalization" -> batchNorm(node, a);
      case "Relu" -> layers.layer(node, Activation.relu());
      case "LeakyRelu" -> layers.layer(node, Activation.leakyRelu(a.number("alpha", 0.01)));
      case "Sigmoid" -> layers.layer(node, Activation.sigmoid());
      case "Tanh" -> layers.layer(node, Activation.tanh());
      case "Gelu" -> {
        a.require("approximate", "none");
        layers.layer(node, Activation.gelu());
      }
      case "Clip" -> clip(node, a);
      case "Dropout" -> layers.layer(node, new Dropout(a.number("ratio", 0.5)));
      case "MaxPool" -> {
        a.require("ceil_mode", 0);
        a.require("storage_order", 0);
        a.requireSymmetricPads();
        layers.layer(node, new MaxPool2d(a.window()));
      }
      case "AveragePool" -> {
        a.require("ceil_mode", 0);
        a.requireSymmetricPads();
        boolean padded = a.pads().stream().anyMatch(pad -> pad != 0);
        if (padded) {
          a.require("count_include_pad", 1);
        }
        layers.layer(node, new AvgPool2d(a.window()));
      }
      case "GlobalAveragePool" -> layers.layer(node, new GlobalAvgPool2d());
      case "ReduceMean" -> {
        List<Long> axes =
            node.inputs().size() > 1 ? constants.integers(input(node, 1)) : a.integers("axes");
        if (!axes.equals(List.of(2L, 3L)) && !axes.equals(List.of(-2L, -1L))) {
          throw layers.error(where(node), "it is a mean over other axes than height and width");
        }
        layers.layer(node, new GlobalAvgPool2d());
      }
      case "Flatten" -> {
        a.require("axis", 1);
        layers.layer(node, new Flatten());
      }
      case "Squeeze", "Reshape" -> flatten(node);
      case "Add", "Sum" -> sum(node);
      case "Mul" -> layers.merge(node, LayerGraph.Merge.MULTIPLY);
      case "Concat" -> {
        a.require("axis", 1);
        layers.merge(node, LayerGraph.Merge.CONCAT);
      }
      default -> throw layers.error(where(node), "it is not supported");
    }
  }

  private void convolution(OnnxProto.Node node, OnnxAttributes a) throws FormatException {
    String weight = input(node, 1);
    Shape shape = constants.shape(weight, 4);
    ImportedGraph.Piece x = layers.first(node);
    int groups = Math.toIntExact(a.integer("group", 1));
    List<Long> pads = a.pads(x.shape(), shape);
    boolean symmetric = pads.get(0).equals(pads.get(2)) && pads.get(1).equals(pads.get(3));
    if (!symmetric) {
      Layer pad =
          new ZeroPad2d(
              Math.toIntExact(pads.get(0)),
              Math.toIntExact(pads.get(2)),
              Math.toIntExact(pads.get(1)),
              Math.toIntExact(pads.get(3)));
      x = layers.between(nameOf(node, weight) + "_pad", x, pad);
    }
    boolean bias = node.inputs().size() > 2 && !input(node, 2).isEmpty();
    Layer layer =
        new Conv2d(
            shape.dim(0),
            a.window(shape, symmetric ? pads : List.of(0L, 0L, 0L, 0L)),
            groups > 1 && shape.dim(1) == 1 ? Conv2d.DEPTHWISE : groups,
            bias,
            Initializer.kaimingNormal());
    String name = layers.unique(nameOf(node, weight));
    constants.use(name + ".weight", weight, shape);
    if (bias) {
      constants.use(name + ".bias", input(node, 2), Shape.of(shape.dim(0)));
    }
    layers.layer(node, name, x, layer);
  }

  private void gemm(OnnxProto.Node node, OnnxAttributes a) throws FormatException {
    a.require("transA", 0);
    if (a.number("alpha", 1) != 1 || a.number("beta", 1) != 1) {
      throw layers.error(where(node), "its factors alpha and beta are not 1");
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
    ImportedGraph.Piece x = layers.first(node);
    int out = shape.dim(transposed ? 1 : 0);
    Layer layer = new Dense(out, bias != null, Initializer.kaimingNormal());
    String name = layers.unique(nameOf(node, weight));
    if (transposed) {
      constants.useTransposed(name + ".weight", weight, shape);
    } else {
      constants.use(name + ".weight", weight, shape);
    }
    if (bias != null) {
      constants.use(name + ".bias", bias, Shape.of(out));
    }
    layers.layer(node, name, x, layer);
  }

  private void batchNorm(OnnxProto.Node node, OnnxAttributes a) throws FormatException {
    a.require("training_mode", 0);
    ImportedGraph.Piece x = layers.first(node);
    Layer layer = new BatchNorm2d(a.number("epsilon", 1e-5));
    String name = layers.unique(nameOf(node, input(node, 1)));
    Shape channels = Shape.of(x.shape().dim(0));
    List<String> state = List.of("weight", "bias", "running_mean", "running_var");
    for (int i = 0; i < state.size(); i++) {
      constants.use(name + "." + state.get(i), input(node, 1 + i), channels);
    }
    layers.layer(node, name, x, layer);
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
    layers.layer(node, new Clip(low, high));
  }

  /** Shapes after pooling become vectors; others are not supported. */
  private void flatten(OnnxProto.Node node) throws FormatException {
    ImportedGraph.Piece x = layers.first(node);
    if (node.operator().equals("Reshape")) {
      List<Long> shape = constants.integers(input(node, 1));
      long features = x.shape().elements();
      boolean flat = shape.size() == 2 && (shape.get(1) == -1 || shape.get(1) == features);
      if (!flat) {
        throw layers.error(
            where(node), "it reshapes to " + shape + ", which is not [batch, features]");
      }
    }
    layers.layer(node, new Flatten());
  }

  /** A sum of results, or a bias for the layer before. */
  private void sum(OnnxProto.Node node) throws FormatException {
    int constant =
        node.inputs().size() == 2
            ? constants.has(input(node, 0)) ? 0 : constants.has(input(node, 1)) ? 1 : -1
            : -1;
    if (constant < 0) {
      layers.merge(node, LayerGraph.Merge.ADD);
      return;
    }
    String before = input(node, 1 - constant);
    ImportedGraph.Piece x = layers.piece(before, where(node));
    LayerGraph.Node last = layers.last();
    if (last == null
        || !last.name().equals(x.node())
        || readers.getOrDefault(before, 0) != 1
        || !(withBias(last.layer()) instanceof Layer layer)) {
      throw layers.error(
          where(node), "it adds a constant to something other than a layer without bias");
    }
    constants.use(last.name() + ".bias", input(node, constant), Shape.of(x.shape().dim(0)));
    layers.replaceLast(layer);
    layers.name(node.outputs().getFirst(), x);
  }

  private static @Nullable Layer withBias(Layer layer) {
    return switch (layer) {
      case Dense d when !d.bias() -> new Dense(d.out(), true, d.initializer());
      case Conv2d c when !c.bias() -> c.bias(true);
      default -> null;
    };
  }

  private String input(OnnxProto.Node node, int index) throws FormatException {
    return layers.input(node, index);
  }
}
