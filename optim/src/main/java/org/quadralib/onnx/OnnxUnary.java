package org.quadralib.onnx;

import java.util.List;
import java.util.Map;
import org.quadralib.graph.Node;
import org.quadralib.graph.op.Unary;

/** Functions of single elements as ONNX. */
final class OnnxUnary {
  private OnnxUnary() {}

  /**
   * Adds the nodes.
   *
   * @throws IllegalArgumentException if ONNX has no words for the function
   */
  static void write(OnnxNodes onnx, Node node, Unary unary) {
    switch (unary.function()) {
      case RELU -> onnx.emit(node, "Relu", onnx.inputs(node), Map.of());
      case LEAKY_RELU ->
          onnx.emit(
              node,
              "LeakyRelu",
              onnx.inputs(node),
              Map.of("alpha", OnnxProto.Attribute.of(unary.a())));
      case SIGMOID -> onnx.emit(node, "Sigmoid", onnx.inputs(node), Map.of());
      case TANH -> onnx.emit(node, "Tanh", onnx.inputs(node), Map.of());
      case GELU -> onnx.emit(node, "Gelu", onnx.inputs(node), Map.of());
      case SILU -> {
        String sigmoid =
            onnx.emit("Sigmoid", node.scope(), onnx.inputs(node), onnx.fresh(), Map.of());
        onnx.emit(node, "Mul", List.of(onnx.name(node, 0), sigmoid), Map.of());
      }
      case SQUARE ->
          onnx.emit(node, "Mul", List.of(onnx.name(node, 0), onnx.name(node, 0)), Map.of());
      case SQRT -> onnx.emit(node, "Sqrt", onnx.inputs(node), Map.of());
      case EXP -> onnx.emit(node, "Exp", onnx.inputs(node), Map.of());
      case ABS -> onnx.emit(node, "Abs", onnx.inputs(node), Map.of());
      case SOFTPLUS -> onnx.emit(node, "Softplus", onnx.inputs(node), Map.of());
      case RECIPROCAL -> onnx.emit(node, "Reciprocal", onnx.inputs(node), Map.of());
      case AFFINE -> {
        String scaled =
            unary.b() == 0
                ? onnx.nameOf(node.output())
                : unary.a() == 1 ? onnx.name(node, 0) : onnx.fresh();
        if (unary.b() == 0 || unary.a() != 1) {
          onnx.emit(
              "Mul",
              node.scope(),
              List.of(onnx.name(node, 0), onnx.number(unary.a())),
              scaled,
              Map.of());
        }
        if (unary.b() != 0) {
          onnx.emit(node, "Add", List.of(scaled, onnx.number(unary.b())), Map.of());
        }
      }
      case LOG, SMOOTH_L1, MIN -> // MIN is part of a Clip
          throw new IllegalArgumentException(
              "layer '%s': %s cannot be written as ONNX".formatted(node.scope(), node.op().name()));
    }
  }
}
