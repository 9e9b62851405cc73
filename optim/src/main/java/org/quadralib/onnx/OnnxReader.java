package org.quadralib.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.quadralib.io.FormatException;

/**
 * Reads the messages of {@link OnnxProto}; numbers are those of the fields in onnx.proto. A length
 * that goes beyond its message is an error before anything of that length is taken.
 */
final class OnnxReader {
  private static final long MAX_BYTES = 1L << 30;
  private static final int MAX_ITEMS = 1_000_000;

  private final String file;
  private int items;

  private OnnxReader(String file) {
    this.file = file;
  }

  static OnnxProto.Model read(Path path) throws IOException {
    if (Files.size(path) > MAX_BYTES) {
      throw new FormatException(
          path.toString(), "the file", "it is larger than 1 GiB", "export a smaller model");
    }
    OnnxReader reader = new OnnxReader(path.toString());
    try {
      return reader.model(input(ByteString.copyFrom(Files.readAllBytes(path))));
    } catch (InvalidProtocolBufferException e) {
      FormatException damaged =
          new FormatException(
              path.toString(),
              "the messages",
              "they are cut short or not those of ONNX",
              "the file is damaged or no ONNX model, get it again");
      damaged.initCause(e);
      throw damaged;
    }
  }

  /** Takes a field if it is known. */
  @FunctionalInterface
  private interface Field {
    boolean take(int number, CodedInputStream in) throws IOException;
  }

  private void message(CodedInputStream in, Field field) throws IOException {
    for (int tag; (tag = in.readTag()) != 0; ) {
      if (++items > MAX_ITEMS) {
        throw new FormatException(
            file, "the messages", "there are more than " + MAX_ITEMS, "export a smaller model");
      }
      int type = WireFormat.getTagWireType(tag);
      if (type == WireFormat.WIRETYPE_START_GROUP || type == WireFormat.WIRETYPE_END_GROUP) {
        throw new FormatException(
            file, "the messages", "they have groups, ONNX has none", "this is no ONNX model");
      }
      if (!field.take(tag, in)) {
        in.skipField(tag);
      }
    }
  }

  private static int lengthDelimited(int number) {
    return number << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
  }

  private static int varint(int number) {
    return number << 3 | WireFormat.WIRETYPE_VARINT;
  }

  private static CodedInputStream input(ByteString bytes) {
    CodedInputStream in = bytes.newCodedInput();
    in.enableAliasing(true);
    return in;
  }

  private static CodedInputStream inner(CodedInputStream in) throws IOException {
    return input(in.readBytes());
  }

  private OnnxProto.Model model(CodedInputStream in) throws IOException {
    List<OnnxProto.Graph> graphs = new ArrayList<>();
    long[] opset = {0};
    message(
        in,
        (tag, i) -> {
          if (tag == lengthDelimited(7)) {
            graphs.add(graph(inner(i)));
          } else if (tag == lengthDelimited(8)) {
            opset(inner(i), opset);
          } else {
            return false;
          }
          return true;
        });
    if (graphs.size() != 1) {
      throw new FormatException(
          file, "the model", "it has no network", "the file is damaged or no ONNX model");
    }
    return new OnnxProto.Model(opset[0], graphs.getFirst());
  }

  private void opset(CodedInputStream in, long[] version) throws IOException {
    message(
        in,
        (tag, i) -> {
          if (tag == varint(2)) {
            version[0] = Math.max(version[0], i.readInt64());
            return true;
          }
          return false;
        });
  }

  private OnnxProto.Graph graph(CodedInputStream in) throws IOException {
    List<OnnxProto.Node> nodes = new ArrayList<>();
    List<OnnxProto.Array> initializers = new ArrayList<>();
    List<OnnxProto.Port> inputs = new ArrayList<>();
    List<OnnxProto.Port> outputs = new ArrayList<>();
    String[] name = {""};
    message(
        in,
        (tag, i) -> {
          if (tag == lengthDelimited(1)) {
            nodes.add(node(inner(i)));
          } else if (tag == lengthDelimited(2)) {
            name[0] = i.readString();
          } else if (tag == lengthDelimited(5)) {
            initializers.add(array(inner(i)));
          } else if (tag == lengthDelimited(11)) {
            inputs.add(port(inner(i)));
          } else if (tag == lengthDelimited(12)) {
            outputs.add(port(inner(i)));
          } else {
            return false;
          }
          return true;
        });
    return new OnnxProto.Graph(name[0], nodes, initializers, inputs, outputs);
  }

  private OnnxProto.Node node(CodedInputStream in) throws IOException {
    List<String> inputs = new ArrayList<>();
    List<String> outputs = new ArrayList<>();
    Map<String, OnnxProto.Attribute> attributes = new LinkedHashMap<>();
    String[] texts = {"", ""};
    message(
        in,
        (tag, i) -> {
          if (tag == lengthDelimited(1)) {
            inputs.add(i.readString());
          } else if (tag == lengthDelimited(2)) {
            outputs.add(i.readString());
          } else if (tag == lengthDelimited(3)) {
            texts[0] = i.readString();
          } else if (tag == lengthDelimited(4)) {
            texts[1] = i.readString();
          } else if (tag == lengthDelimited(5)) {
            attribute(inner(i), attributes);
          } else {
            return false;
          }
          return true;
        });
    return new OnnxProto.Node(texts[1], texts[0], inputs, outputs, attributes);
  }

  private void attribute(CodedInputStream in, Map<String, OnnxProto.Attribute> attributes)
      throws IOException {
    String[] texts = new String[2];
    List<Float> numbers = new ArrayList<>();
    List<Long> integers = new ArrayList<>();
    List<Long> lists = new ArrayList<>();
    List<OnnxProto.Array> arrays = new ArrayList<>();
    message(
        in,
        (tag, i) -> {
          if (tag == lengthDelimited(1)) {
            texts[0] = i.readString();
          } else if (tag == (2 << 3 | WireFormat.WIRETYPE_FIXED32)) {
            numbers.add(i.readFloat());
          } else if (tag == varint(3)) {
            integers.add(i.readInt64());
          } else if (tag == lengthDelimited(4)) {
            texts[1] = i.readBytes().toStringUtf8();
          } else if (tag == lengthDelimited(5)) {
            arrays.add(array(inner(i)));
          } else if (tag == varint(8)) {
            lists.add(i.readInt64());
          } else if (tag == lengthDelimited(8)) {
            packed(inner(i), lists);
          } else {
            return false;
          }
          return true;
        });
    if (texts[0] != null) {
      attributes.put(
          texts[0],
          new OnnxProto.Attribute(
              numbers.stream().findFirst(),
              integers.stream().findFirst(),
              Optional.ofNullable(texts[1]),
              lists,
              arrays.stream().findFirst()));
    }
  }

  private void packed(CodedInputStream in, List<Long> values) throws IOException {
    while (!in.isAtEnd()) {
      if (++items > MAX_ITEMS) {
        throw new FormatException(
            file, "the messages", "there are more than " + MAX_ITEMS, "export a smaller model");
      }
      values.add(in.readInt64());
    }
  }

  private OnnxProto.Array array(CodedInputStream in) throws IOException {
    List<Long> dims = new ArrayList<>();
    List<Long> integers = new ArrayList<>();
    List<ByteString> raw = new ArrayList<>();
    List<ByteString> floats = new ArrayList<>();
    String[] name = {""};
    int[] type = {0};
    message(
        in,
        (tag, i) -> {
          if (tag == varint(1)) {
            dims.add(i.readInt64());
          } else if (tag == lengthDelimited(1)) {
            packed(inner(i), dims);
          } else if (tag == varint(2)) {
            type[0] = i.readInt32();
          } else if (tag == lengthDelimited(4) || tag == lengthDelimited(10)) {
            floats.add(i.readBytes()); // packed, so little-endian already
          } else if (tag == varint(7)) {
            integers.add(i.readInt64());
          } else if (tag == lengthDelimited(7)) {
            packed(inner(i), integers);
          } else if (tag == lengthDelimited(8)) {
            name[0] = i.readString();
          } else if (tag == lengthDelimited(9)) {
            raw.add(i.readBytes());
          } else if (tag == varint(14) || tag == lengthDelimited(13)) {
            throw new FormatException(
                file,
                "the constant '" + name[0] + "'",
                "its elements are in another file",
                "export the model into one file");
          } else {
            return false;
          }
          return true;
        });
    List<ByteString> parts = raw.isEmpty() ? floats : raw;
    ByteString data = parts.stream().reduce(ByteString.EMPTY, ByteString::concat);
    if (!integers.isEmpty()) {
      ByteBuffer bytes =
          ByteBuffer.allocate(Long.BYTES * integers.size()).order(ByteOrder.LITTLE_ENDIAN);
      integers.forEach(bytes::putLong);
      data = ByteString.copyFrom(bytes.array());
    }
    return new OnnxProto.Array(name[0], type[0], dims, data);
  }

  private OnnxProto.Port port(CodedInputStream in) throws IOException {
    String[] name = {""};
    int[] type = {0};
    List<Long> dims = new ArrayList<>();
    message(
        in,
        (tag, i) -> {
          if (tag == lengthDelimited(1)) {
            name[0] = i.readString();
          } else if (tag == lengthDelimited(2)) {
            message(
                inner(i), (t, j) -> t == lengthDelimited(1) && tensorType(inner(j), type, dims));
          } else {
            return false;
          }
          return true;
        });
    return new OnnxProto.Port(name[0], type[0], dims);
  }

  private boolean tensorType(CodedInputStream in, int[] type, List<Long> dims) throws IOException {
    message(
        in,
        (tag, i) -> {
          if (tag == varint(1)) {
            type[0] = i.readInt32();
          } else if (tag == lengthDelimited(2)) {
            message(inner(i), (t, j) -> t == lengthDelimited(1) && dims.add(dimension(inner(j))));
          } else {
            return false;
          }
          return true;
        });
    return true;
  }

  private long dimension(CodedInputStream in) throws IOException {
    long[] value = {-1};
    message(
        in,
        (tag, i) -> {
          if (tag == varint(1)) {
            value[0] = i.readInt64();
            return true;
          }
          return false;
        });
    return value[0];
  }
}
