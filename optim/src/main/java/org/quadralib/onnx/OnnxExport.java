package org.quadralib.onnx;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.quadralib.graph.Graph;
import org.quadralib.graph.Node;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.AvgPool2d;
import org.quadralib.graph.op.BatchNormalize;
import org.quadralib.graph.op.Binary;
import org.quadralib.graph.op.Broadcast;
import org.quadralib.graph.op.Concat;
import org.quadralib.graph.op.Conv2d;
import org.quadralib.graph.op.Dense;
import org.quadralib.graph.op.MaxPool2d;
import org.quadralib.graph.op.MulAdd;
import org.quadralib.graph.op.Pad;
import org.quadralib.graph.op.Reshape;
import org.quadralib.graph.op.Slice;
import org.quadralib.graph.op.Softmax;
import org.quadralib.graph.op.Sum;
import org.quadralib.graph.op.Transpose;
import org.quadralib.graph.op.Unary;
import org.quadralib.graph.op.UnaryFunction;
import org.quadralib.graph.op.Unfold;
import org.quadralib.graph.op.Window;
import org.quadralib.io.AtomicFile;
import org.quadralib.layers.Backprop;
import org.quadralib.layers.Mode;
import org.quadralib.layers.Model;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.Tensor;

/**
 * Writes a model as ONNX (operator set 20): the network as it is used, any number of examples at
 * once. Quadratic layers become the first-order maps they are made of, with products and sums;
 * their parameters keep their names.
 */
public final class OnnxExport {
  /** Name of the input. */
  public static final String INPUT = Model.INPUT;

  /** Name of the output. */
  public static final String OUTPUT = "logits";

  private static final long OPSET = 20;

  private final Model model;
  private final Graph graph;
  private final Value output;
  private final List<OnnxProto.Node> nodes = new ArrayList<>();
  private final List<OnnxProto.Array> arrays = new ArrayList<>();
  private final Map<Value, String> names = new HashMap<>();
  private final Map<Value, Integer> readers = new HashMap<>();
  private final Map<Value, Node> makers = new HashMap<>();

  private OnnxExport(Model model) {
    this.model = model;
    Model.Traced traced = model.trace(1, Mode.EVALUATE, Backprop.AUTODIFF);
    this.output = traced.output();
    traced.graph().output(OUTPUT, output);
    this.graph = traced.graph().build();
    names.put(traced.input(), INPUT);
  }

  /**
   * Writes a file in one step.
   *
   * @throws IllegalArgumentException if ONNX cannot say what a layer computes
   * @throws IOException if the file cannot be written
   */
  public static void write(Path file, Model model) throws IOException {
    byte[] bytes = OnnxWriter.write(new OnnxExport(model).export());
    AtomicFile.write(
        file,
        channel -> {
          ByteBuffer left = ByteBuffer.wrap(bytes);
          while (left.hasRemaining()) {
            channel.write(left);
          }
        });
  }

  private OnnxProto.Model export() {
    for (Node node : graph.nodes()) {
      node.inputs().forEach(value -> readers.merge(value, 1, Integer::sum));
      node.outputs().forEach(value -> makers.put(value, node));
    }
    graph.states().forEach(this::parameter);
    names.put(output, OUTPUT);
    for (Node node : graph.nodes()) {
      node(node);
    }
    if (graph.inputs().stream().anyMatch(value -> value == output)) {
      emit("Identity", "", List.of(INPUT), OUTPUT, Map.of()); // a network that does nothing
    }
    return new OnnxProto.Model(
        OPSET,
        new OnnxProto.Graph(
            "quadralib",
            nodes,
            arrays,
            List.of(port(INPUT, graph.inputs().getFirst().shape())),
            List.of(port(OUTPUT, output.shape()))));
  }

  private static OnnxProto.Port port(String name, Shape shape) {
    List<Long> dims = longs(shape.dims());
    dims.set(0, -1L);
    return new OnnxProto.Port(name, OnnxProto.FLOAT, dims);
  }

  private void parameter(Value value) {
    Tensor tensor = java.util.Objects.requireNonNull(model.parameters().get(value.name()));
    names.put(value, value.name());
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.toIntExact(tensor.type().bytes())).order(ByteOrder.LITTLE_ENDIAN);
    for (float element : tensor.segment().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED)) {
      bytes.putFloat(element);
    }
    arrays.add(
        new OnnxProto.Array(
            value.name(),
            OnnxProto.FLOAT,
            longs(tensor.shape().dims()),
            ByteString.copyFrom(bytes.array())));
  }

  private void node(Node node) {
    switch (node.op()) {
      case Conv2d conv -> linear(node, conv.maps(), conv.bias(), "Conv", convolution(conv));
      case Dense dense ->
          linear(
              node,
              dense.maps(),
              dense.bias(),
              "Gemm",
              Map.of("transB", OnnxProto.Attribute.of(1L)));
      case BatchNormalize norm ->
          emit(
              node,
              "BatchNormalization",
              List.of(name(node, 0), name(node, 3), name(node, 4), name(node, 1), name(node, 2)),
              Map.of("epsilon", OnnxProto.Attribute.of(norm.epsilon())));
      case Binary binary ->
          emit(
              node,
              switch (binary.function()) {
                case ADD -> "Add";
                case SUB -> "Sub";
                case MUL -> "Mul";
              },
              inputs(node),
              Map.of());
      case MulAdd _ -> {
        String product =
            emit("Mul", node.scope(), List.of(name(node, 0), name(node, 1)), fresh(), Map.of());
        emit(node, "Add", List.of(product, name(node, 2)), Map.of());
      }
      case Unary unary -> unary(node, unary);
      case MaxPool2d pool -> emit(node, "MaxPool", inputs(node), window(pool.window(), true));
      case AvgPool2d pool -> {
        Map<String, OnnxProto.Attribute> settings = window(pool.window(), true);
        settings.put("count_include_pad", OnnxProto.Attribute.of(pool.countPadding() ? 1L : 0L));
        emit(node, "AveragePool", inputs(node), settings);
      }
      case Sum sum -> {
        if (isGlobalMean(node)) {
          emit(node, "GlobalAveragePool", inputs(node), Map.of());
        } else {
          String axes = integers(sum.axes().stream().map(Integer::longValue).toList());
          emit(
              node,
              "ReduceSum",
              List.of(name(node, 0), axes),
              Map.of("keepdims", OnnxProto.Attribute.of(1L)));
        }
      }
      case Reshape reshape -> reshape(node, reshape.shape());
      case Broadcast broadcast -> {
        List<Long> shape = longs(broadcast.shape().dims());
        if (isPerExample(node.inputs().getFirst())) {
          shape.set(0, 1L);
        }
        emit(node, "Expand", List.of(name(node, 0), integers(shape)), Map.of());
      }
      case Concat concat ->
          emit(
              node,
              "Concat",
              inputs(node),
              Map.of("axis", OnnxProto.Attribute.of((long) concat.axis())));
      case Slice slice ->
          emit(
              node,
              "Slice",
              List.of(
                  name(node, 0),
                  integers(List.of((long) slice.from())),
                  integers(List.of((long) slice.to())),
                  integers(List.of((long) slice.axis()))),
              Map.of());
      case Pad pad -> {
        int rank = node.output().shape().rank();
        List<Long> pads = new ArrayList<>(java.util.Collections.nCopies(2 * rank, 0L));
        pads.set(pad.axis(), (long) pad.before());
        pads.set(rank + pad.axis(), (long) pad.after());
        emit(node, "Pad", List.of(name(node, 0), integers(pads)), Map.of());
      }
      case Transpose transpose ->
          emit(
              node,
              "Transpose",
              inputs(node),
              Map.of(
                  "perm",
                  OnnxProto.Attribute.of(
                      transpose.axes().stream().map(Integer::longValue).toList())));
      case Softmax softmax ->
          emit(
              node,
              softmax.log() ? "LogSoftmax" : "Softmax",
              inputs(node),
              Map.of("axis", OnnxProto.Attribute.of(-1L)));
      case Unfold unfold -> unfold(node, unfold);
      default ->
          throw new IllegalArgumentException(
              "layer '%s': %s cannot be written as ONNX".formatted(node.scope(), node.op().name()));
    }
  }

  /** One ONNX node for each map. */
  private void linear(
      Node node,
      int maps,
      boolean bias,
      String operator,
      Map<String, OnnxProto.Attribute> attributes) {
    for (int map = 0; map < maps; map++) {
      List<String> inputs = new ArrayList<>(List.of(name(node, 0), name(node, 1 + map)));
      if (bias) {
        inputs.add(name(node, 1 + maps + map));
      }
      String result = nameOf(node.outputs().get(map));
      emit(operator, node.scope(), inputs, result, attributes);
    }
  }

  private static Map<String, OnnxProto.Attribute> convolution(Conv2d conv) {
    Map<String, OnnxProto.Attribute> attributes = window(conv.window(), true);
    attributes.put("group", OnnxProto.Attribute.of((long) conv.groups()));
    return attributes;
  }

  private static Map<String, OnnxProto.Attribute> window(Window w, boolean dilations) {
    Map<String, OnnxProto.Attribute> attributes = new LinkedHashMap<>();
    attributes.put("kernel_shape", pair(w.kernelHeight(), w.kernelWidth()));
    attributes.put("strides", pair(w.strideHeight(), w.strideWidth()));
    attributes.put(
        "pads",
        OnnxProto.Attribute.of(
            longs(w.paddingHeight(), w.paddingWidth(), w.paddingHeight(), w.paddingWidth())));
    if (dilations) {
      attributes.put("dilations", pair(w.dilationHeight(), w.dilationWidth()));
    }
    return attributes;
  }

  private static OnnxProto.Attribute pair(int height, int width) {
    return OnnxProto.Attribute.of(longs(height, width));
  }

  private void unary(Node node, Unary unary) {
    if (unary.function() == UnaryFunction.AFFINE && isEndOfGlobalMean(node)) {
      emit(node, "Identity", inputs(node), Map.of());
      return;
    }
    switch (unary.function()) {
      case RELU -> emit(node, "Relu", inputs(node), Map.of());
      case LEAKY_RELU ->
          emit(node, "LeakyRelu", inputs(node), Map.of("alpha", OnnxProto.Attribute.of(unary.a())));
      case SIGMOID -> emit(node, "Sigmoid", inputs(node), Map.of());
      case TANH -> emit(node, "Tanh", inputs(node), Map.of());
      case GELU -> emit(node, "Gelu", inputs(node), Map.of());
      case SILU -> {
        String sigmoid = emit("Sigmoid", node.scope(), inputs(node), fresh(), Map.of());
        emit(node, "Mul", List.of(name(node, 0), sigmoid), Map.of());
      }
      case SQUARE -> emit(node, "Mul", List.of(name(node, 0), name(node, 0)), Map.of());
      case SQRT -> emit(node, "Sqrt", inputs(node), Map.of());
      case EXP -> emit(node, "Exp", inputs(node), Map.of());
      case ABS -> emit(node, "Abs", inputs(node), Map.of());
      case SOFTPLUS -> emit(node, "Softplus", inputs(node), Map.of());
      case RECIPROCAL -> emit(node, "Reciprocal", inputs(node), Map.of());
      case MIN -> emit(node, "Clip", List.of(name(node, 0), "", number(unary.a())), Map.of());
      case AFFINE -> {
        String scaled =
            unary.b() == 0 ? nameOf(node.output()) : unary.a() == 1 ? name(node, 0) : fresh();
        if (unary.b() == 0 || unary.a() != 1) {
          emit("Mul", node.scope(), List.of(name(node, 0), number(unary.a())), scaled, Map.of());
        }
        if (unary.b() != 0) {
          emit(node, "Add", List.of(scaled, number(unary.b())), Map.of());
        }
      }
      case LOG, SMOOTH_L1 ->
          throw new IllegalArgumentException(
              "layer '%s': %s cannot be written as ONNX".formatted(node.scope(), node.op().name()));
    }
  }

  /** Sum over height and width, reshaped, divided by the area: the mean of each channel. */
  private boolean isGlobalMean(Node sum) {
    return sum.op() instanceof Sum s
        && s.axes().equals(List.of(2, 3))
        && isPerExample(sum.inputs().getFirst())
        && onlyReader(sum.output()) instanceof Node reshape
        && reshape.op() instanceof Reshape
        && onlyReader(reshape.output()) instanceof Node affine
        && isMeanOf(affine, sum);
  }

  private boolean isEndOfGlobalMean(Node affine) {
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

  private @org.jspecify.annotations.Nullable Node onlyReader(Value value) {
    return readers.getOrDefault(value, 0) == 1 && value != output
        ? graph.nodes().stream()
            .filter(node -> node.inputs().contains(value))
            .findFirst()
            .orElse(null)
        : null;
  }

  private void reshape(Node node, Shape shape) {
    Value x = node.inputs().getFirst();
    if (isPerExample(x) && shape.rank() == 2 && shape.dim(0) == x.shape().dim(0)) {
      emit(node, "Flatten", inputs(node), Map.of("axis", OnnxProto.Attribute.of(1L)));
      return;
    }
    List<Long> dims = longs(shape.dims());
    if (isPerExample(x)) {
      dims.set(0, -1L);
    }
    emit(node, "Reshape", List.of(name(node, 0), integers(dims)), Map.of());
  }

  /** Patches as a convolution with filters that each pick one element of the patch. */
  private void unfold(Node node, Unfold unfold) {
    Shape x = node.inputs().getFirst().shape();
    int channels = x.dim(1);
    int taps = unfold.window().taps();
    ByteBuffer filters =
        ByteBuffer.allocate(Float.BYTES * channels * taps * taps).order(ByteOrder.LITTLE_ENDIAN);
    for (int filter = 0; filter < channels * taps; filter++) {
      filters.putFloat(Float.BYTES * (filter * taps + filter % taps), 1);
    }
    String weight = fresh();
    arrays.add(
        new OnnxProto.Array(
            weight,
            OnnxProto.FLOAT,
            longs(
                channels * taps, 1, unfold.window().kernelHeight(), unfold.window().kernelWidth()),
            ByteString.copyFrom(filters.array())));
    Map<String, OnnxProto.Attribute> attributes = window(unfold.window(), true);
    attributes.put("group", OnnxProto.Attribute.of((long) channels));
    String patches =
        emit("Conv", node.scope(), List.of(name(node, 0), weight), fresh(), attributes);
    List<Long> dims = longs(node.output().shape().dims());
    dims.set(0, -1L);
    emit(node, "Reshape", List.of(patches, integers(dims)), Map.of());
  }

  /** Whether a value has examples along its first axis: whether it depends on the input. */
  private boolean isPerExample(Value value) {
    return switch (value.source()) {
      case INPUT -> true;
      case STATE -> false;
      case NODE ->
          java.util.Objects.requireNonNull(makers.get(value)).inputs().stream()
              .anyMatch(this::isPerExampleRemembered);
    };
  }

  private final Map<Value, Boolean> perExample = new HashMap<>();

  private boolean isPerExampleRemembered(Value value) {
    Boolean known = perExample.get(value);
    if (known == null) {
      known = isPerExample(value);
      perExample.put(value, known);
    }
    return known;
  }

  private List<String> inputs(Node node) {
    return IntStream.range(0, node.inputs().size()).mapToObj(i -> name(node, i)).toList();
  }

  private String name(Node node, int input) {
    return nameOf(node.inputs().get(input));
  }

  private String nameOf(Value value) {
    return names.computeIfAbsent(value, v -> "v" + v.id());
  }

  private String fresh() {
    return "t" + (nodes.size() + arrays.size());
  }

  private String integers(List<Long> values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(Long.BYTES * values.size()).order(ByteOrder.LITTLE_ENDIAN);
    values.forEach(bytes::putLong);
    String name = "c" + arrays.size();
    arrays.add(
        new OnnxProto.Array(
            name,
            OnnxProto.INT64,
            List.of((long) values.size()),
            ByteString.copyFrom(bytes.array())));
    return name;
  }

  private String number(double value) {
    ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putFloat((float) value);
    String name = "c" + arrays.size();
    arrays.add(
        new OnnxProto.Array(name, OnnxProto.FLOAT, List.of(), ByteString.copyFrom(bytes.array())));
    return name;
  }

  private void emit(
      Node node,
      String operator,
      List<String> inputs,
      Map<String, OnnxProto.Attribute> attributes) {
    emit(operator, node.scope(), inputs, nameOf(node.output()), attributes);
  }

  private String emit(
      String operator,
      String scope,
      List<String> inputs,
      String result,
      Map<String, OnnxProto.Attribute> attributes) {
    String name = (scope.isEmpty() ? "" : scope + "/") + operator + "_" + nodes.size();
    nodes.add(new OnnxProto.Node(operator, name, inputs, List.of(result), attributes));
    return result;
  }

  private static List<Long> longs(int... values) {
    return new ArrayList<>(IntStream.of(values).asLongStream().boxed().toList());
  }
}
