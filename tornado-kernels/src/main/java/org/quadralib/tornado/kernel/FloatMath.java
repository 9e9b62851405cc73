package org.quadralib.tornado.kernel;

import uk.ac.manchester.tornado.api.math.TornadoMath;

/** Elementary functions in single precision, with the right limits, and NaN for NaN. */
final class FloatMath {
  private static final float INVERSE_SQRT_2_PI = 0.39894228f;

  private FloatMath() {}

  /** {@code 1 / (1 + e⁻ˣ)}. */
  static float sigmoid(float x) {
    float e = TornadoMath.exp(-TornadoMath.abs(x));
    return (x >= 0 ? 1f : e) / (1f + e);
  }

  /** {@code log(1 + eˣ)}; what rounding {@code 1 + e} loses is put back to first order. */
  static float softplus(float x) {
    float e = TornadoMath.exp(-TornadoMath.abs(x));
    float sum = e + 1f;
    float lost = e - (sum - 1f);
    return TornadoMath.log(sum) + lost / sum + (x < 0 ? 0f : x);
  }

  /** Standard normal distribution function Φ. */
  static float normalDistribution(float x) {
    float z = TornadoMath.abs(x);
    float tail = TornadoMath.exp(-0.5f * z * z) * normalTail(z);
    return x > 0 ? 1f - tail : tail;
  }

  /** {@code Φ(x) + x φ(x)}. */
  static float geluDerivative(float x) {
    float z = TornadoMath.abs(x);
    float e = TornadoMath.exp(-0.5f * z * z);
    float tail = e * normalTail(z);
    return (x > 0 ? 1f - tail : tail) + x * e * INVERSE_SQRT_2_PI;
  }

  /**
   * {@code e^{z²/2} Φ(−z)} for {@code z ≥ 0}; Chebyshev fit of Press et al., Numerical Recipes in
   * C, section 6.2, with a relative error below 1.2e-7.
   */
  private static float normalTail(float z) {
    float t = 1f / (1f + 0.35355339f * z);
    float p = 0.17087277f;
    p = p * t - 0.82215223f;
    p = p * t + 1.48851587f;
    p = p * t - 1.13520398f;
    p = p * t + 0.27886807f;
    p = p * t - 0.18628806f;
    p = p * t + 0.09678418f;
    p = p * t + 0.37409196f;
    p = p * t + 1.00002368f;
    p = p * t - 1.26551223f;
    return 0.5f * t * TornadoMath.exp(p);
  }

  static float signum(float x) {
    return x > 0 ? 1f : (x < 0 ? -1f : x);
  }
}
