package org.quadralib.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.quadralib.graph.op.Op;
import org.quadralib.graph.op.Unary;
import org.quadralib.graph.op.UnaryFunction;
import org.quadralib.graph.op.UnaryGradient;

/** Every function of one variable, its derivative, and both at the ends of the number range. */
final class UnaryCases {
  /** 1, primes, lanes ± 1 and 4 · lanes + 1 for vectors of 4, 8 and 16 lanes. */
  static final int[] SIZES = {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 65};

  /** Enough elements to be split between threads, and no multiple of anything. */
  static final int MANY = 40_009;

  private static final float[] EXTREMES = {
    0f, -0f, 1e-30f, -1e-30f, 1e-4f, -1e-4f, 0.5f, -0.5f, 4f, -4f, 9f, -9f, 17f, -17f, 40f, -40f,
    87f, -87f, 104f, -104f, 1e4f, -1e4f, 3e38f, -3e38f, Float.NaN
  };

  private UnaryCases() {}

  static List<ContractCase> all() {
    List<ContractCase> cases = new ArrayList<>();
    for (UnaryFunction function : UnaryFunction.values()) {
      Unary op = new Unary(function, a(function), 0.75);
      Values values = operand(function);
      add(cases, function, Unary.class, "", bound(function), sizes(op, values));
      add(cases, function, Unary.class, " many", bound(function), many(op, values));
      cases.add(
          ContractCase.plain(
              Unary.class,
              function + " extremes",
              Bound.function(),
              g -> g.output(op, g.constant(Values.cycle(EXTREMES), EXTREMES.length))));
      if (function.gradientNeeds() != UnaryFunction.Needs.NOTHING) {
        UnaryGradient gradient = new UnaryGradient(function, op.a(), op.b());
        Values kept = kept(function);
        Bound bound = new Bound.Relative(16, 4);
        add(cases, function, UnaryGradient.class, "", bound, sizes(gradient, kept));
        add(cases, function, UnaryGradient.class, " many", bound, many(gradient, kept));
      }
    }
    // The clamp of the logarithm is in the middle of these values.
    Values clamped = Values.off(Values.POSITIVE, Math.exp(-0.1));
    cases.add(
        ContractCase.smooth(
            Unary.class,
            "LOG clamped",
            Bound.function(),
            sizes(new Unary(UnaryFunction.LOG, -0.1, 0), clamped)));
    return cases;
  }

  private static void add(
      List<ContractCase> cases,
      UnaryFunction function,
      Class<? extends Op> op,
      String suffix,
      Bound bound,
      Consumer<CaseGraph> graph) {
    boolean kinked = function == UnaryFunction.SMOOTH_L1;
    int order = !kinked ? 2 : op == Unary.class ? 1 : 0;
    cases.add(new ContractCase(op, function + suffix, graph, bound, order));
  }

  private static Consumer<CaseGraph> sizes(Unary op, Values values) {
    return g -> {
      for (int size : SIZES) {
        g.output(op, g.variable(values, size));
      }
      g.output(op, g.variable(values, 2, 3, 5, 7));
    };
  }

  private static Consumer<CaseGraph> sizes(UnaryGradient op, Values kept) {
    return g -> {
      for (int size : SIZES) {
        g.output(op, g.variable(size), g.variable(kept, size));
      }
    };
  }

  private static Consumer<CaseGraph> many(Unary op, Values values) {
    return g -> g.output(op, g.variable(values, MANY));
  }

  private static Consumer<CaseGraph> many(UnaryGradient op, Values kept) {
    return g -> g.output(op, g.variable(MANY), g.variable(kept, MANY));
  }

  private static double a(UnaryFunction function) {
    return switch (function) {
      case AFFINE -> -1.5;
      case LEAKY_RELU -> 0.1;
      case LOG -> -100;
      case SMOOTH_L1 -> 0.8;
      case MIN -> 0.3;
      default -> 0;
    };
  }

  private static Values operand(UnaryFunction function) {
    return switch (function) {
      case SQRT, LOG -> Values.POSITIVE;
      case SMOOTH_L1 -> Values.off(Values.OFF_ZERO, -0.8, 0.8);
      case MIN -> Values.off(Values.NORMAL, 0.3);
      case RECIPROCAL -> Values.off(Values.OFF_ZERO, -0.25, -0.2, -0.1, 0.1, 0.2, 0.25);
      case RELU, LEAKY_RELU, ABS -> Values.OFF_ZERO;
      default -> Values.normal(0, 2);
    };
  }

  /** What the derivative is computed from: the operand, or the result of the function. */
  private static Values kept(UnaryFunction function) {
    return switch (function) {
      case SIGMOID -> (random, count) -> uniform(random, count, 0, 1);
      case TANH -> (random, count) -> uniform(random, count, -1, 1);
      case SQRT, EXP -> Values.POSITIVE;
      case LEAKY_RELU -> Values.OFF_ZERO;
      default -> operand(function);
    };
  }

  private static float[] uniform(java.util.Random random, int count, float from, float to) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = from + (to - from) * random.nextFloat();
    }
    return values;
  }

  /** Relative where a small result is as exact as a large one; elsewhere relative to 1. */
  private static Bound bound(UnaryFunction function) {
    return switch (function) {
      case RELU, ABS, MIN -> Bound.exact();
      case LEAKY_RELU, SQUARE, SQRT, EXP, RECIPROCAL -> Bound.relative();
      case AFFINE, SIGMOID, TANH, GELU, SILU, LOG, SOFTPLUS, SMOOTH_L1 -> Bound.function();
    };
  }
}
