package org.quadralib.tensorboard;

import static java.util.Objects.requireNonNull;
import static org.quadralib.tensorboard.Proto.message;

import com.google.protobuf.ByteString;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.quadralib.graph.Graph;
import org.quadralib.graph.Node;
import org.quadralib.graph.Value;
import org.quadralib.tensor.Shape;

/** A graph as TensorFlow's GraphDef: layers become boxes that open. */
final class GraphMessage {
  private GraphMessage() {}

  static ByteString of(Graph graph) {
    Map<Value, String> names = new HashMap<>();
    return message(
        out -> {
          for (Value input : graph.inputs()) {
            names.put(input, path(input.name()));
            out.writeBytes(1, node(path(input.name()), "Input", List.of(), List.of(input)));
          }
          for (Value state : graph.states()) {
            names.put(state, path(state.name()));
            out.writeBytes(1, node(path(state.name()), "Parameter", List.of(), List.of(state)));
          }
          for (Node node : graph.nodes()) {
            String scope = node.scope().isEmpty() ? "" : path(node.scope()) + "/";
            String name = scope + path(node.op().name()) + "_" + node.output().id();
            for (int i = 0; i < node.outputs().size(); i++) {
              names.put(node.outputs().get(i), i == 0 ? name : name + ":" + i);
            }
            List<String> inputs =
                node.inputs().stream().map(value -> requireNonNull(names.get(value))).toList();
            out.writeBytes(1, node(name, node.op().name(), inputs, node.outputs()));
          }
          for (Map.Entry<String, Value> output : graph.outputs().entrySet()) {
            String from = requireNonNull(names.get(output.getValue()));
            out.writeBytes(
                1,
                node(path(output.getKey()), "Output", List.of(from), List.of(output.getValue())));
          }
        });
  }

  private static ByteString node(String name, String op, List<String> inputs, List<Value> outputs) {
    ByteString shapes =
        message(
            list -> {
              for (Value output : outputs) {
                list.writeBytes(7, shape(output.shape()));
              }
            });
    ByteString attribute =
        message(
            entry -> {
              entry.writeString(1, "_output_shapes");
              entry.writeBytes(2, message(value -> value.writeBytes(1, shapes)));
            });
    return message(
        out -> {
          out.writeString(1, name);
          out.writeString(2, op);
          for (String input : inputs) {
            out.writeString(3, input);
          }
          out.writeBytes(5, attribute);
        });
  }

  private static ByteString shape(Shape shape) {
    return message(
        out -> {
          for (int dim : shape.dims()) {
            out.writeBytes(2, message(d -> d.writeInt64(1, dim)));
          }
        });
  }

  /** A path of layers in the letters that TensorFlow takes for names. */
  private static String path(String name) {
    return name.replace('.', '/').replaceAll("[^A-Za-z0-9_/-]", "_");
  }
}
