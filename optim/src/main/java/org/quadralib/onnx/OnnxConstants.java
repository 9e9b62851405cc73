package org.quadralib.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quadralib.io.FormatException;
import org.quadralib.memory.Category;
import org.quadralib.memory.TensorArena;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.Tensor;
import org.quadralib.tensor.TensorType;

/** The constants of an ONNX network, and which of them became weights. */
final class OnnxConstants {
  private final String file;
  private final TensorArena arena;
  private final Map<String, OnnxProto.Array> arrays = new HashMap<>();
  private final Map<String, Tensor> weights = new LinkedHashMap<>();

  OnnxConstants(String file, OnnxProto.Graph graph, TensorArena arena) {
    this.file = file;
    this.arena = arena;
    graph.initializers().forEach(array -> arrays.put(array.name(), array));
  }

  /** Weights by the names of the layers that use them. */
  Map<String, Tensor> weights() {
    return weights;
  }

  boolean has(String name) {
    return arrays.containsKey(name);
  }

  void alias(String name, String other) throws FormatException {
    arrays.put(other, array(name));
  }

  /** Takes the value of a node that makes a constant. */
  void add(OnnxProto.Node node) throws FormatException {
    OnnxProto.@Nullable Attribute value = node.attributes().get("value");
    if (value == null || value.array().isEmpty() || node.outputs().isEmpty()) {
      throw error(node.name(), "it is of a kind that is not supported");
    }
    arrays.put(node.outputs().getFirst(), value.array().get());
  }

  /** The shape of a weight. */
  Shape shape(String name, int rank) throws FormatException {
    List<Long> dims = array(name).dims();
    if (dims.size() != rank) {
      throw error(name, "it has shape " + dims + ", but must have " + rank + " dimensions");
    }
    long elements = 1;
    for (long dim : dims) {
      if (dim < 1 || dim > Integer.MAX_VALUE || elements > Integer.MAX_VALUE / dim) {
        throw error(name, "it has the impossible shape " + dims);
      }
      elements *= dim;
    }
    return Shape.of(dims.stream().mapToInt(Long::intValue).toArray());
  }

  /** A constant of one number. */
  double number(String name) throws FormatException {
    ByteBuffer data = floats(name, 1);
    return OnnxAttributes.decimal(data.getFloat());
  }

  /** A constant list of whole numbers. */
  List<Long> integers(String name) throws FormatException {
    OnnxProto.Array array = array(name);
    if (array.type() != OnnxProto.INT64 || array.data().size() % Long.BYTES != 0) {
      throw error(name, "it is no list of whole numbers");
    }
    ByteBuffer data = array.data().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    List<Long> values = new ArrayList<>();
    while (data.hasRemaining()) {
      values.add(data.getLong());
    }
    return values;
  }

  /** Makes a constant a weight of a layer. */
  void use(String weight, String name, Shape shape) throws FormatException {
    ByteBuffer data = floats(name, shape.elements());
    Tensor tensor = allocate(weight, shape);
    for (long i = 0; i < tensor.elements(); i++) {
      tensor.set(i, data.getFloat());
    }
  }

  /** Makes the transpose of a constant matrix a weight of a layer. */
  void useTransposed(String weight, String name, Shape shape) throws FormatException {
    ByteBuffer data = floats(name, shape.elements());
    int rows = shape.dim(0);
    int columns = shape.dim(1);
    Tensor tensor = allocate(weight, Shape.of(columns, rows));
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        tensor.set((long) column * rows + row, data.getFloat());
      }
    }
  }

  private Tensor allocate(String weight, Shape shape) {
    Tensor tensor =
        arena.allocate(weight, Category.PARAMETER, new TensorType(DType.FLOAT32, shape));
    weights.put(weight, tensor);
    return tensor;
  }

  /** Exactly so many elements as floats, whatever they are stored as. */
  private ByteBuffer floats(String name, long elements) throws FormatException {
    OnnxProto.Array array = array(name);
    ByteBuffer data = array.data().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    int width =
        switch (array.type()) {
          case OnnxProto.FLOAT -> Float.BYTES;
          case OnnxProto.DOUBLE -> Double.BYTES;
          case OnnxProto.FLOAT16 -> Short.BYTES;
          default ->
              throw error(
                  name, "its element type " + array.type() + " is not float, double or half");
        };
    if (data.remaining() != elements * width) {
      throw error(
          name,
          "it has %d bytes, but %d elements of %d bytes are needed"
              .formatted(data.remaining(), elements, width));
    }
    if (width == Float.BYTES) {
      return data;
    }
    ByteBuffer converted =
        ByteBuffer.allocate(Math.toIntExact(elements * Float.BYTES)).order(ByteOrder.LITTLE_ENDIAN);
    while (data.hasRemaining()) {
      converted.putFloat(
          width == Double.BYTES ? (float) data.getDouble() : Float.float16ToFloat(data.getShort()));
    }
    return converted.flip();
  }

  private OnnxProto.Array array(String name) throws FormatException {
    OnnxProto.@Nullable Array array = arrays.get(name);
    if (array == null) {
      throw error(name, "it is computed, but must be a constant");
    }
    return array;
  }

  private FormatException error(String name, String problem) {
    return new FormatException(
        file, "the constant '" + name + "'", problem, "export the model again");
  }
}
