package org.quadralib.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** Writes the messages of {@link OnnxProto}; numbers are those of the fields in onnx.proto. */
final class OnnxWriter {
  private static final long IR_VERSION = 9;
  private static final String PRODUCER = "QuadraLib";

  private OnnxWriter() {}

  /** Writes the fields of a message. */
  @FunctionalInterface
  private interface Body {
    void write(CodedOutputStream out) throws IOException;
  }

  static byte[] write(OnnxProto.Model model) throws IOException {
    return message(
            out -> {
              out.writeInt64(1, IR_VERSION);
              out.writeString(2, PRODUCER);
              out.writeBytes(7, graph(model.graph()));
              out.writeBytes(8, message(opset -> opset.writeInt64(2, model.opset())));
            })
        .toByteArray();
  }

  private static ByteString graph(OnnxProto.Graph graph) throws IOException {
    return message(
        out -> {
          for (OnnxProto.Node node : graph.nodes()) {
            out.writeBytes(1, node(node));
          }
          out.writeString(2, graph.name());
          for (OnnxProto.Array array : graph.initializers()) {
            out.writeBytes(5, array(array));
          }
          for (OnnxProto.Port port : graph.inputs()) {
            out.writeBytes(11, port(port));
          }
          for (OnnxProto.Port port : graph.outputs()) {
            out.writeBytes(12, port(port));
          }
        });
  }

  private static ByteString node(OnnxProto.Node node) throws IOException {
    return message(
        out -> {
          for (String input : node.inputs()) {
            out.writeString(1, input);
          }
          for (String output : node.outputs()) {
            out.writeString(2, output);
          }
          out.writeString(3, node.name());
          out.writeString(4, node.operator());
          for (Map.Entry<String, OnnxProto.Attribute> entry : node.attributes().entrySet()) {
            out.writeBytes(5, attribute(entry.getKey(), entry.getValue()));
          }
        });
  }

  private static ByteString attribute(String name, OnnxProto.Attribute attribute)
      throws IOException {
    return message(
        out -> {
          out.writeString(1, name);
          if (attribute.number().isPresent()) {
            out.writeFloat(2, attribute.number().get());
            out.writeInt32(20, 1);
          } else if (attribute.integer().isPresent()) {
            out.writeInt64(3, attribute.integer().get());
            out.writeInt32(20, 2);
          } else {
            for (long value : attribute.integers()) {
              out.writeInt64(8, value);
            }
            out.writeInt32(20, 7);
          }
        });
  }

  private static ByteString array(OnnxProto.Array array) throws IOException {
    return message(
        out -> {
          for (long dim : array.dims()) {
            out.writeInt64(1, dim);
          }
          out.writeInt32(2, array.type());
          out.writeString(8, array.name());
          out.writeBytes(9, array.data());
        });
  }

  private static ByteString port(OnnxProto.Port port) throws IOException {
    ByteString shape =
        message(
            out -> {
              List<Long> dims = port.dims();
              for (long dim : dims) {
                out.writeBytes(
                    1,
                    message(
                        d -> {
                          if (dim < 0) {
                            d.writeString(2, "N");
                          } else {
                            d.writeInt64(1, dim);
                          }
                        }));
              }
            });
    ByteString tensor =
        message(
            out -> {
              out.writeInt32(1, port.type());
              out.writeBytes(2, shape);
            });
    return message(
        out -> {
          out.writeString(1, port.name());
          out.writeBytes(2, message(type -> type.writeBytes(1, tensor)));
        });
  }

  private static ByteString message(Body body) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    body.write(out);
    out.flush();
    return ByteString.copyFrom(bytes.toByteArray());
  }
}
