package org.quadralib.onnx;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The messages of an ONNX file that models are made of (onnx.proto), without what is not needed.
 */
final class OnnxProto {
  private OnnxProto() {}

  /** Numbers of element types. */
  static final int FLOAT = 1;

  static final int INT64 = 7;
  static final int FLOAT16 = 10;
  static final int DOUBLE = 11;

  /** A file. */
  record Model(long opset, Graph graph) {}

  /** A network. */
  record Graph(
      String name,
      List<Node> nodes,
      List<Array> initializers,
      List<Port> inputs,
      List<Port> outputs) {}

  /** An operation; an input that is left out has an empty name. */
  record Node(
      String operator,
      String name,
      List<String> inputs,
      List<String> outputs,
      Map<String, Attribute> attributes) {}

  /** A setting: one of these kinds. */
  record Attribute(
      Optional<Float> number,
      Optional<Long> integer,
      Optional<String> text,
      List<Long> integers,
      Optional<Array> array) {
    static Attribute of(long value) {
      return new Attribute(
          Optional.empty(), Optional.of(value), Optional.empty(), List.of(), Optional.empty());
    }

    static Attribute of(double value) {
      return new Attribute(
          Optional.of((float) value),
          Optional.empty(),
          Optional.empty(),
          List.of(),
          Optional.empty());
    }

    static Attribute of(List<Long> values) {
      return new Attribute(
          Optional.empty(), Optional.empty(), Optional.empty(), values, Optional.empty());
    }
  }

  /**
   * A constant.
   *
   * @param type number of the element type
   * @param data elements, little-endian
   */
  record Array(String name, int type, List<Long> dims, ByteString data) {}

  /**
   * An input or output of the network.
   *
   * @param dims extents; −1 for one that is not fixed
   */
  record Port(String name, int type, List<Long> dims) {}
}
