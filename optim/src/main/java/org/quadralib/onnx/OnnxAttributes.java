package org.quadralib.onnx;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quadralib.graph.op.Window;
import org.quadralib.io.FormatException;
import org.quadralib.tensor.Shape;

/** The settings of an ONNX node, with what is usual where they are left out. */
final class OnnxAttributes {
  private static final List<Long> NONE = List.of(0L, 0L, 0L, 0L);

  private final String file;
  private final OnnxProto.Node node;

  OnnxAttributes(String file, OnnxProto.Node node) {
    this.file = file;
    this.node = node;
  }

  double number(String name, double usual) {
    OnnxProto.@Nullable Attribute attribute = node.attributes().get(name);
    return attribute == null
        ? usual
        : attribute.number().map(OnnxAttributes::decimal).orElse(usual);
  }

  /** The shortest decimal that rounds to a float: 1e-5 is stored as 9.99999974737875e-6. */
  static double decimal(float stored) {
    return Double.parseDouble(Float.toString(stored));
  }

  long integer(String name, long usual) {
    OnnxProto.@Nullable Attribute attribute = node.attributes().get(name);
    return attribute == null ? usual : attribute.integer().orElse(usual);
  }

  List<Long> integers(String name) {
    OnnxProto.@Nullable Attribute attribute = node.attributes().get(name);
    return attribute == null ? List.of() : attribute.integers();
  }

  private String text(String name, String usual) {
    OnnxProto.@Nullable Attribute attribute = node.attributes().get(name);
    return attribute == null ? usual : attribute.text().orElse(usual);
  }

  /** Refuses another value than the one that the library computes with. */
  void require(String name, long value) throws FormatException {
    if (integer(name, value) != value) {
      throw error("its " + name + " is " + integer(name, value) + ", not " + value);
    }
  }

  /** Refuses another value than the one that the library computes with. */
  void require(String name, String value) throws FormatException {
    if (!text(name, value).equals(value)) {
      throw error("its " + name + " is '" + text(name, value) + "', not '" + value + "'");
    }
  }

  void requireSymmetricPads() throws FormatException {
    if (!text("auto_pad", "NOTSET").equals("NOTSET") && !text("auto_pad", "").equals("VALID")) {
      throw error("it pads by itself (auto_pad)");
    }
    List<Long> pads = pads();
    if (!pads.get(0).equals(pads.get(2)) || !pads.get(1).equals(pads.get(3))) {
      throw error("it pads its sides differently: " + pads);
    }
  }

  /** Top, left, bottom, right. */
  List<Long> pads() throws FormatException {
    List<Long> pads = integers("pads");
    if (pads.isEmpty()) {
      return NONE;
    }
    requireCount("pads", pads, 4);
    return pads;
  }

  /** Padding of a convolution, which may be as much as it takes for ⌈size / stride⌉ results. */
  List<Long> pads(Shape image, Shape weight) throws FormatException {
    String auto = text("auto_pad", "NOTSET");
    if (auto.equals("NOTSET")) {
      return pads();
    }
    if (auto.equals("VALID")) {
      return NONE;
    }
    long[] pads = new long[4];
    for (int side = 0; side < 2; side++) {
      int size = image.dim(1 + side);
      long stride = pair("strides").get(side);
      long reach = pair("dilations").get(side) * (weight.dim(2 + side) - 1L) + 1;
      long results = Math.ceilDiv(size, stride);
      long all = Math.max(0, (results - 1) * stride + reach - size);
      boolean upper = auto.equals("SAME_UPPER");
      pads[side] = upper ? all / 2 : all - all / 2;
      pads[2 + side] = all - pads[side];
    }
    return List.of(pads[0], pads[1], pads[2], pads[3]);
  }

  /** The window of a pooling node. */
  Window window() throws FormatException {
    List<Long> kernel = integers("kernel_shape");
    requireCount("kernel_shape", kernel, 2);
    return window(kernel.get(0), kernel.get(1), pads());
  }

  /** The window of a convolution with a weight and symmetric padding. */
  Window window(Shape weight, List<Long> pads) throws FormatException {
    return window(weight.dim(2), weight.dim(3), pads);
  }

  private Window window(long height, long width, List<Long> pads) throws FormatException {
    List<Long> strides = pair("strides");
    List<Long> dilations = pair("dilations");
    return new Window(
        small(height),
        small(width),
        small(strides.get(0)),
        small(strides.get(1)),
        small(pads.get(0)),
        small(pads.get(1)),
        small(dilations.get(0)),
        small(dilations.get(1)));
  }

  private List<Long> pair(String name) throws FormatException {
    List<Long> values = integers(name);
    if (values.isEmpty()) {
      return List.of(1L, 1L);
    }
    requireCount(name, values, 2);
    if (values.stream().anyMatch(value -> value < 1)) {
      throw error("its " + name + " are " + values);
    }
    return values;
  }

  private int small(long value) throws FormatException {
    if (value < 0 || value > 1 << 16) {
      throw error("its window has an extent of " + value);
    }
    return (int) value;
  }

  private void requireCount(String name, List<Long> values, int count) throws FormatException {
    if (values.size() != count) {
      throw error("its " + name + " are " + values + ", which is not for images");
    }
  }

  private FormatException error(String problem) {
    return new FormatException(
        file,
        "the node '" + (node.name().isEmpty() ? node.operator() : node.name()) + "'",
        problem,
        "the library has no layer for that; change the model");
  }
}
