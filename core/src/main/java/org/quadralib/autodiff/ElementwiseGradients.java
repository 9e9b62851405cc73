package org.quadralib.autodiff;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quadralib.graph.Ops;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.Binary;
import org.quadralib.graph.op.Dropout;
import org.quadralib.graph.op.Elementwise;
import org.quadralib.graph.op.MulAdd;
import org.quadralib.graph.op.Unary;
import org.quadralib.graph.op.UnaryFunction;
import org.quadralib.graph.op.UnaryGradient;
import org.quadralib.tensor.Shape;

/** Derivatives of element-wise operations. */
final class ElementwiseGradients {
  private ElementwiseGradients() {}

  static List<@Nullable Value> of(GradientContext context, Elementwise op) {
    Value g = context.gradient();
    Ops ops = context.ops();
    return switch (op) {
      case Unary unary -> Arrays.asList(unary(context, unary, g));
      case UnaryGradient gradient -> secondDerivative(context, gradient, g);
      case Binary binary -> binary(context, binary, g);
      case MulAdd mulAdd ->
          Arrays.asList(
              context.needs(0) ? ops.mul(g, context.input(1)) : null,
              context.needs(1) ? ops.mul(g, context.input(0)) : null,
              g);
      case Dropout dropout ->
          Arrays.asList(context.graph().apply(dropout, g, context.input(1)), null);
    };
  }

  private static Value unary(GradientContext context, Unary op, Value g) {
    Value kept =
        switch (op.function().gradientNeeds()) {
          case NOTHING -> null;
          case INPUT -> context.input(0);
          case OUTPUT -> context.output();
        };
    return kept == null
        ? context.ops().affine(g, op.a(), 0)
        : context.graph().apply(new UnaryGradient(op.function(), op.a(), op.b()), g, kept);
  }

  private static List<@Nullable Value> binary(GradientContext context, Binary op, Value g) {
    Ops ops = context.ops();
    Shape x = context.shape(0);
    Shape y = context.shape(1);
    Value dx =
        !context.needs(0)
            ? null
            : switch (op.function()) {
              case ADD, SUB -> ops.sumTo(g, x);
              case MUL -> ops.sumTo(ops.mul(g, context.input(1)), x);
            };
    Value dy =
        !context.needs(1)
            ? null
            : switch (op.function()) {
              case ADD -> ops.sumTo(g, y);
              case SUB -> ops.affine(ops.sumTo(g, y), -1, 0);
              case MUL -> ops.sumTo(ops.mul(g, context.input(0)), y);
            };
    return Arrays.asList(dx, dy);
  }

  /**
   * Of {@code d = g f'(v)}: the gradient {@code u} of {@code d} gives {@code u f'(v)} and {@code u
   * g f''(v)}.
   */
  private static List<@Nullable Value> secondDerivative(
      GradientContext context, UnaryGradient op, Value u) {
    Value g = context.input(0);
    Value v = context.input(1);
    Value dg = context.needs(0) ? context.graph().apply(op, u, v) : null;
    Value curvature = context.needs(1) ? curvature(context, op, v) : null;
    Value dv = curvature == null ? null : context.ops().mul(context.ops().mul(u, g), curvature);
    return Arrays.asList(dg, dv);
  }

  /**
   * Derivative of {@code f'}, as a function of {@code v}: the result of {@code f} where {@link
   * UnaryFunction#gradientNeeds()} says so, else its operand. Null where it is zero.
   */
  private static @Nullable Value curvature(GradientContext context, UnaryGradient op, Value v) {
    Ops ops = context.ops();
    return switch (op.function()) {
      case AFFINE, RELU, LEAKY_RELU, ABS, MIN -> null;
      case SIGMOID -> ops.affine(v, -2, 1);
      case TANH -> ops.affine(v, -2, 0);
      case EXP -> ops.fillLike(v, 1);
      case SQUARE -> ops.fillLike(v, 2);
      case SQRT -> ops.affine(ops.square(ops.unary(UnaryFunction.RECIPROCAL, v)), -0.5, 0);
      case RECIPROCAL -> ops.affine(v, -2, 0);
      // f'' = −f'², which is zero, like f', where the logarithm is held at its lower limit
      case LOG -> ops.affine(ops.square(context.graph().apply(op, ops.fillLike(v, 1), v)), -1, 0);
      case SOFTPLUS -> bell(ops, ops.unary(UnaryFunction.SIGMOID, v));
      case SILU -> {
        // f' = s + x s', so f'' = 2 s' + x s' (1 − 2 s) with s' = s (1 − s)
        Value s = ops.unary(UnaryFunction.SIGMOID, v);
        Value slope = ops.affine(ops.mul(v, ops.affine(s, -2, 1)), 1, 2);
        yield ops.mul(bell(ops, s), slope);
      }
      case GELU -> {
        // f' = Φ + x φ, so f'' = φ (2 − x²) with φ = e^(−x²/2) / √(2π)
        Value squared = ops.square(v);
        Value density =
            ops.affine(
                ops.unary(UnaryFunction.EXP, ops.affine(squared, -0.5, 0)),
                1 / Math.sqrt(2 * Math.PI),
                0);
        yield ops.mul(density, ops.affine(squared, -1, 2));
      }
      case SMOOTH_L1 ->
          throw new GradientException(
              "there is no second derivative through SMOOTH_L1; use a squared error instead");
    };
  }

  private static Value bell(Ops ops, Value sigmoid) {
    return ops.mul(sigmoid, ops.affine(sigmoid, -1, 1));
  }
}
