package org.quadralib.onnx;

import com.google.protobuf.ByteString;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.quadralib.graph.Node;
import org.quadralib.graph.Value;
import org.quadralib.tensor.Tensor;

/** Nodes and constants of an ONNX graph that is being written, and the names of its values. */
final class OnnxNodes {
  private final List<OnnxProto.Node> nodes = new ArrayList<>();
  private final List<OnnxProto.Array> arrays = new ArrayList<>();
  private final Map<Value, String> names = new HashMap<>();

  /** The nodes so far. */
  List<OnnxProto.Node> nodes() {
    return nodes;
  }

  /** The constants so far. */
  List<OnnxProto.Array> arrays() {
    return arrays;
  }

  /** Gives a value a name of its own. */
  void name(Value value, String name) {
    names.put(value, name);
  }

  /** A value with the elements of a tensor. */
  void parameter(Value value, Tensor tensor) {
    name(value, value.name());
    ByteBuffer bytes = littleEndian(Math.toIntExact(tensor.type().bytes()));
    for (float element : tensor.segment().toArray(ValueLayout.JAVA_FLOAT_UNALIGNED)) {
      bytes.putFloat(element);
    }
    array(value.name(), OnnxProto.FLOAT, longs(tensor.shape().dims()), bytes);
  }

  /** Names of the inputs of a node. */
  List<String> inputs(Node node) {
    return IntStream.range(0, node.inputs().size()).mapToObj(i -> name(node, i)).toList();
  }

  /** Name of an input of a node. */
  String name(Node node, int input) {
    return nameOf(node.inputs().get(input));
  }

  /** Name of a value. */
  String nameOf(Value value) {
    return names.computeIfAbsent(value, v -> "v" + v.id());
  }

  /** A name that nothing has yet. */
  String fresh() {
    return "t" + (nodes.size() + arrays.size());
  }

  /** A constant of floats. */
  String floats(List<Long> dims, ByteBuffer littleEndian) {
    String name = fresh();
    array(name, OnnxProto.FLOAT, dims, littleEndian);
    return name;
  }

  /** A constant list of integers. */
  String integers(List<Long> values) {
    ByteBuffer bytes = littleEndian(Long.BYTES * values.size());
    values.forEach(bytes::putLong);
    String name = "c" + arrays.size();
    array(name, OnnxProto.INT64, List.of((long) values.size()), bytes);
    return name;
  }

  /** A constant number. */
  String number(double value) {
    ByteBuffer bytes = littleEndian(Float.BYTES).putFloat((float) value);
    String name = "c" + arrays.size();
    array(name, OnnxProto.FLOAT, List.of(), bytes);
    return name;
  }

  private void array(String name, int type, List<Long> dims, ByteBuffer bytes) {
    arrays.add(new OnnxProto.Array(name, type, dims, ByteString.copyFrom(bytes.array())));
  }

  /** Bytes as ONNX wants them. */
  static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** A node whose result is that of a node of ours. */
  void emit(
      Node node,
      String operator,
      List<String> inputs,
      Map<String, OnnxProto.Attribute> attributes) {
    emit(operator, node.scope(), inputs, nameOf(node.output()), attributes);
  }

  /** A node; returns the name of its result. */
  String emit(
      String operator,
      String scope,
      List<String> inputs,
      String result,
      Map<String, OnnxProto.Attribute> attributes) {
    String name = (scope.isEmpty() ? "" : scope + "/") + operator + "_" + nodes.size();
    nodes.add(new OnnxProto.Node(operator, name, inputs, List.of(result), attributes));
    return result;
  }

  /** Dimensions and the like, in a list that can be changed. */
  static List<Long> longs(int... values) {
    return new ArrayList<>(IntStream.of(values).asLongStream().boxed().toList());
  }
}
