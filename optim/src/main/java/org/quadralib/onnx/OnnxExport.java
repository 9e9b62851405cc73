package org.quadralib.onnx;

import static java.util.Objects.requireNonNull;
import static org.quadralib.onnx.OnnxNodes.longs;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
  private final OnnxNodes onnx = new OnnxNodes();
  private final GraphFacts facts;
  private final Clippings clippings;

  private OnnxExport(Model model) {
    this.model = model;
    Model.Traced traced = model.trace(1, Mode.EVALUATE, Backprop.AUTODIFF);
    this.output = traced.output();
    traced.graph().output(OUTPUT, output);
    this.graph = traced.graph().build();
    this.facts = new GraphFacts(graph, output);
    this.clippings = new Clippings(graph, facts);
    onnx.name(traced.input(), INPUT);
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
    for (Value value : graph.states()) {
      onnx.parameter(value, requireNonNull(model.parameters().get(value.name())));
    }
    onnx.name(output, OUTPUT);
    for (Node node : graph.nodes()) {
      Clippings.Clipping clipping = clippings.endingAt(node);
      if (clipping != null) {
        clip(node, clipping);
      } else if (!clippings.isInside(node)) {
        node(node);
      }
    }
    if (graph.inputs().stream().anyMatch(value -> value == output)) {
      onnx.emit("Identity", "", List.of(INPUT), OUTPUT, Map.of()); // a network that does nothing
    }
    return new OnnxProto.Model(
        OPSET,
        new OnnxProto.Graph(
            "quadralib",
            onnx.nodes(),
            onnx.arrays(),
            List.of(port(INPUT, graph.inputs().getFirst().shape())),
            List.of(port(OUTPUT, output.shape()))));
  }

  private static OnnxProto.Port port(String name, Shape shape) {
    List<Long> dims = longs(shape.dims());
    dims.set(0, -1L);
    return new OnnxProto.Port(name, OnnxProto.FLOAT, dims);
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
          onnx.emit(
              node,
              "BatchNormalization",
              List.of(
                  onnx.name(node, 0),
                  onnx.name(node, 3),
                  onnx.name(node, 4),
                  onnx.name(node, 1),
                  onnx.name(node, 2)),
              Map.of("epsilon", OnnxProto.Attribute.of(norm.epsilon())));
      case Binary binary ->
          onnx.emit(
              node,
              switch (binary.function()) {
                case ADD -> "Add";
                case SUB -> "Sub";
                case MUL -> "Mul";
              },
              onnx.inputs(node),
              Map.of());
      case MulAdd _ -> {
        String product =
            onnx.emit(
                "Mul",
                node.scope(),
                List.of(onnx.name(node, 0), onnx.name(node, 1)),
                onnx.fresh(),
                Map.of());
        onnx.emit(node, "Add", List.of(product, onnx.name(node, 2)), Map.of());
      }
      case Unary unary -> {
        if (unary.function() == UnaryFunction.AFFINE && facts.isEndOfGlobalMean(node)) {
          onnx.emit(node, "Identity", onnx.inputs(node), Map.of());
        } else {
          OnnxUnary.write(onnx, node, unary);
        }
      }
      case MaxPool2d pool ->
          onnx.emit(node, "MaxPool", onnx.inputs(node), window(pool.window(), true));
      case AvgPool2d pool -> {
        Map<String, OnnxProto.Attribute> settings = window(pool.window(), true);
        settings.put("count_include_pad", OnnxProto.Attribute.of(pool.countPadding() ? 1L : 0L));
        onnx.emit(node, "AveragePool", onnx.inputs(node), settings);
      }
      case Sum sum -> {
        if (facts.isGlobalMean(node)) {
          onnx.emit(node, "GlobalAveragePool", onnx.inputs(node), Map.of());
        } else {
          String axes = onnx.integers(sum.axes().stream().map(Integer::longValue).toList());
          onnx.emit(
              node,
              "ReduceSum",
              List.of(onnx.name(node, 0), axes),
              Map.of("keepdims", OnnxProto.Attribute.of(1L)));
        }
      }
      case Reshape reshape -> reshape(node, reshape.shape());
      case Broadcast broadcast -> {
        List<Long> shape = longs(broadcast.shape().dims());
        if (facts.isPerExample(node.inputs().getFirst())) {
          shape.set(0, 1L);
        }
        onnx.emit(node, "Expand", List.of(onnx.name(node, 0), onnx.integers(shape)), Map.of());
      }
      case Concat concat ->
          onnx.emit(
              node,
              "Concat",
              onnx.inputs(node),
              Map.of("axis", OnnxProto.Attribute.of((long) concat.axis())));
      case Slice slice ->
          onnx.emit(
              node,
              "Slice",
              List.of(
                  onnx.name(node, 0),
                  onnx.integers(List.of((long) slice.from())),
                  onnx.integers(List.of((long) slice.to())),
                  onnx.integers(List.of((long) slice.axis()))),
              Map.of());
      case Pad pad -> {
        int rank = node.output().shape().rank();
        List<Long> pads = new ArrayList<>(Collections.nCopies(2 * rank, 0L));
        pads.set(pad.axis(), (long) pad.before());
        pads.set(rank + pad.axis(), (long) pad.after());
        onnx.emit(node, "Pad", List.of(onnx.name(node, 0), onnx.integers(pads)), Map.of());
      }
      case Transpose transpose ->
          onnx.emit(
              node,
              "Transpose",
              onnx.inputs(node),
              Map.of(
                  "perm",
                  OnnxProto.Attribute.of(
                      transpose.axes().stream().map(Integer::longValue).toList())));
      case Softmax softmax ->
          onnx.emit(
              node,
              softmax.log() ? "LogSoftmax" : "Softmax",
              onnx.inputs(node),
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
      List<String> inputs = new ArrayList<>(List.of(onnx.name(node, 0), onnx.name(node, 1 + map)));
      if (bias) {
        inputs.add(onnx.name(node, 1 + maps + map));
      }
      String result = onnx.nameOf(node.outputs().get(map));
      onnx.emit(operator, node.scope(), inputs, result, attributes);
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

  private void clip(Node end, Clippings.Clipping clipping) {
    List<String> inputs = new ArrayList<>(List.of(onnx.nameOf(clipping.x())));
    inputs.add(Double.isInfinite(clipping.low()) ? "" : onnx.number(clipping.low()));
    if (!Double.isInfinite(clipping.high())) {
      inputs.add(onnx.number(clipping.high()));
    }
    onnx.emit(end, "Clip", inputs, Map.of());
  }

  private void reshape(Node node, Shape shape) {
    Value x = node.inputs().getFirst();
    if (facts.isPerExample(x) && shape.rank() == 2 && shape.dim(0) == x.shape().dim(0)) {
      onnx.emit(node, "Flatten", onnx.inputs(node), Map.of("axis", OnnxProto.Attribute.of(1L)));
      return;
    }
    List<Long> dims = longs(shape.dims());
    if (facts.isPerExample(x)) {
      dims.set(0, -1L);
    }
    onnx.emit(node, "Reshape", List.of(onnx.name(node, 0), onnx.integers(dims)), Map.of());
  }

  /** Patches as a convolution with filters that each pick one element of the patch. */
  private void unfold(Node node, Unfold unfold) {
    Shape x = node.inputs().getFirst().shape();
    int channels = x.dim(1);
    int taps = unfold.window().taps();
    ByteBuffer filters = OnnxNodes.littleEndian(Float.BYTES * channels * taps * taps);
    for (int filter = 0; filter < channels * taps; filter++) {
      filters.putFloat(Float.BYTES * (filter * taps + filter % taps), 1);
    }
    String weight =
        onnx.floats(
            longs(
                channels * taps, 1, unfold.window().kernelHeight(), unfold.window().kernelWidth()),
            filters);
    Map<String, OnnxProto.Attribute> attributes = window(unfold.window(), true);
    attributes.put("group", OnnxProto.Attribute.of((long) channels));
    String patches =
        onnx.emit(
            "Conv", node.scope(), List.of(onnx.name(node, 0), weight), onnx.fresh(), attributes);
    List<Long> dims = longs(node.output().shape().dims());
    dims.set(0, -1L);
    onnx.emit(node, "Reshape", List.of(patches, onnx.integers(dims)), Map.of());
  }
}
