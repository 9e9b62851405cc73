package org.quadralib.backend.scalar;

import org.quadralib.graph.op.UnaryFunction;

/** The functions of {@link UnaryFunction} and their derivatives, in double precision. */
final class ScalarFunctions {
  private static final double SQRT_2 = Math.sqrt(2);
  private static final double SQRT_2_PI = Math.sqrt(2 * Math.PI);

  private ScalarFunctions() {}

  static double value(UnaryFunction function, double x, double a, double b) {
    return switch (function) {
      case AFFINE -> a * x + b;
      case RELU -> x > 0 || Double.isNaN(x) ? x : 0;
      case LEAKY_RELU -> x > 0 ? x : a * x;
      case SIGMOID -> sigmoid(x);
      case TANH -> Math.tanh(x);
      case GELU -> x * normalDistribution(x);
      case SILU -> x * sigmoid(x);
      case SQUARE -> x * x;
      case SQRT -> Math.sqrt(x);
      case EXP -> Math.exp(x);
      case LOG -> Math.max(Math.log(x), a);
      case ABS -> Math.abs(x);
      case SOFTPLUS -> Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
      case RECIPROCAL -> 1 / x;
      case SMOOTH_L1 -> Math.abs(x) < a ? x * x / (2 * a) : Math.abs(x) - a / 2;
      case MIN -> Math.min(x, a);
    };
  }

  /** Derivative from the value that {@link UnaryFunction#gradientNeeds()} names. */
  static double derivative(UnaryFunction function, double v, double a) {
    return switch (function) {
      case AFFINE -> a;
      case RELU -> v > 0 ? 1 : 0;
      case LEAKY_RELU -> v > 0 ? 1 : a;
      case SIGMOID -> v * (1 - v);
      case TANH -> 1 - v * v;
      case GELU -> normalDistribution(v) + v * Math.exp(-v * v / 2) / SQRT_2_PI;
      case SILU -> sigmoid(v) * (1 + v * (1 - sigmoid(v)));
      case SQUARE -> 2 * v;
      case SQRT -> 1 / (2 * v);
      case EXP -> v;
      case LOG -> Math.log(v) > a ? 1 / v : 0;
      case ABS -> Math.signum(v);
      case SOFTPLUS -> sigmoid(v);
      case RECIPROCAL -> -v * v;
      case SMOOTH_L1 -> Math.abs(v) < a ? v / a : Math.signum(v);
      case MIN -> v < a ? 1 : 0;
    };
  }

  private static double sigmoid(double x) {
    double e = Math.exp(-Math.abs(x));
    return x >= 0 ? 1 / (1 + e) : e / (1 + e);
  }

  private static double normalDistribution(double x) {
    return 0.5 * erfc(-x / SQRT_2);
  }

  /**
   * Complementary error function: the series of erf near zero, a continued fraction (Lentz) far
   * from it; both to about 1e-13.
   */
  private static double erfc(double x) {
    double z = Math.abs(x);
    double result;
    if (z < 2.5) {
      double term = z;
      double sum = z;
      for (int n = 1; Math.abs(term) > 1e-17 * Math.abs(sum) && n < 200; n++) {
        term *= -z * z / n;
        sum += term / (2 * n + 1);
      }
      result = 1 - 2 / Math.sqrt(Math.PI) * sum;
    } else {
      double fraction = 0;
      for (int n = 60; n > 0; n--) {
        fraction = n / 2.0 / (z + fraction);
      }
      result = Math.exp(-z * z) / Math.sqrt(Math.PI) / (z + fraction);
    }
    return x >= 0 ? result : 2 - result;
  }
}
