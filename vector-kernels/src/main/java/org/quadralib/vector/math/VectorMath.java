package org.quadralib.vector.math;

import static jdk.incubator.vector.VectorOperators.GE;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import org.quadralib.vector.gemm.Tile;

/**
 * Elementary functions, correct to a few units in the last place, with the right limits at
 * infinity, and NaN for NaN.
 *
 * <p>The JDK's own ({@code VectorOperators.EXP} and others) call a library that not every platform
 * has; without it they compute lane by lane and allocate. These are plain arithmetic, which the
 * compiler inlines into the loops.
 *
 * <p>Polynomials of exp and log: S. Moshier, Cephes Mathematical Library, single precision.
 */
public final class VectorMath {
  private static final float LOG2_E = 1.44269504f;
  // ln 2 = LN2_HIGH + LN2_LOW; n · LN2_HIGH is exact for the n that occur.
  private static final float LN2_HIGH = 0.693359375f;
  private static final float LN2_LOW = -2.12194440e-4f;
  // Adding 1.5 · 2²³ rounds to an integer, which is then in the low bits.
  private static final float ROUND = 0x1.8p23f;
  private static final float SQRT_HALF = 0.70710678f;
  private static final float INVERSE_SQRT_2_PI = 0.39894228f;

  private VectorMath() {}

  /** {@code eˣ}. */
  public static FloatVector exp(FloatVector x) {
    // Beyond these the result is infinite or zero anyway.
    FloatVector v = x.blend(89f, x.compare(GT, 89f)).blend(-104f, x.compare(LT, -104f));
    FloatVector shifted = v.fma(broadcast(LOG2_E), broadcast(ROUND));
    FloatVector n = shifted.sub(ROUND);
    FloatVector r = n.fma(broadcast(-LN2_HIGH), v);
    r = n.fma(broadcast(-LN2_LOW), r);
    FloatVector p = expMinusOne(r).add(1f);
    // 2ⁿ in two factors: n may lie outside the exponents of normal numbers.
    IntVector exponent = shifted.reinterpretAsInts().sub(Float.floatToRawIntBits(ROUND));
    IntVector half = exponent.lanewise(VectorOperators.ASHR, 1);
    return p.mul(power(half)).mul(power(exponent.sub(half)));
  }

  /** {@code eʳ − 1} for {@code |r| ≤ ln 2 / 2}. */
  private static FloatVector expMinusOne(FloatVector r) {
    FloatVector p = broadcast(1.9875691500e-4f);
    p = p.fma(r, broadcast(1.3981999507e-3f));
    p = p.fma(r, broadcast(8.3334519073e-3f));
    p = p.fma(r, broadcast(4.1665795894e-2f));
    p = p.fma(r, broadcast(1.6666665459e-1f));
    p = p.fma(r, broadcast(5.0000001201e-1f));
    return p.fma(r.mul(r), r);
  }

  /** {@code 2ⁿ} for {@code −126 ≤ n ≤ 127}. */
  private static FloatVector power(IntVector n) {
    return n.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
  }

  /** Natural logarithm; −∞ for 0, NaN below. */
  public static FloatVector log(FloatVector x) {
    // Numbers below the smallest normal one are scaled up by 2²³.
    VectorMask<Float> tiny = x.compare(LT, Float.MIN_NORMAL);
    IntVector bits = x.blend(x.mul(0x1p23f), tiny).reinterpretAsInts();
    // x = 2ⁿ m with √½ ≤ m < √2.
    IntVector offset = bits.sub(Float.floatToRawIntBits(SQRT_HALF));
    FloatVector n =
        (FloatVector) offset.lanewise(VectorOperators.ASHR, 23).convert(VectorOperators.I2F, 0);
    n = n.blend(n.sub(23f), tiny);
    FloatVector f =
        offset
            .and(0x007FFFFF)
            .add(Float.floatToRawIntBits(SQRT_HALF))
            .reinterpretAsFloats()
            .sub(1f);
    FloatVector result = n.fma(broadcast(LN2_LOW), logPolynomial(f));
    result = f.add(result);
    result = n.fma(broadcast(LN2_HIGH), result);
    result = result.blend(x, x.compare(GE, Float.POSITIVE_INFINITY));
    result = result.blend(Float.NEGATIVE_INFINITY, x.compare(VectorOperators.EQ, 0f));
    VectorMask<Float> undefined = x.test(VectorOperators.IS_NAN).or(x.compare(LT, 0f));
    return result.blend(Float.NaN, undefined);
  }

  /** {@code log(1 + f) − f} for {@code √½ − 1 ≤ f < √2 − 1}. */
  private static FloatVector logPolynomial(FloatVector f) {
    FloatVector p = broadcast(7.0376836292e-2f);
    p = p.fma(f, broadcast(-1.1514610310e-1f));
    p = p.fma(f, broadcast(1.1676998740e-1f));
    p = p.fma(f, broadcast(-1.2420140846e-1f));
    p = p.fma(f, broadcast(1.4249322787e-1f));
    p = p.fma(f, broadcast(-1.6668057665e-1f));
    p = p.fma(f, broadcast(2.0000714765e-1f));
    p = p.fma(f, broadcast(-2.4999993993e-1f));
    p = p.fma(f, broadcast(3.3333331174e-1f));
    FloatVector square = f.mul(f);
    return p.mul(f).mul(square).sub(square.mul(0.5f));
  }

  /** {@code 1 / (1 + e⁻ˣ)}. */
  public static FloatVector sigmoid(FloatVector x) {
    FloatVector e = exp(x.abs().neg());
    FloatVector numerator = e.blend(1f, x.compare(GE, 0f));
    return numerator.div(e.add(1f));
  }

  /** Hyperbolic tangent, from {@code t = e^{2|x|} − 1} as {@code t / (t + 2)}. */
  public static FloatVector tanh(FloatVector x) {
    FloatVector a = x.abs();
    a = a.blend(9.5f, a.compare(GT, 9.5f));
    FloatVector v = a.add(a);
    FloatVector shifted = v.fma(broadcast(LOG2_E), broadcast(ROUND));
    FloatVector n = shifted.sub(ROUND);
    FloatVector r = n.fma(broadcast(-LN2_HIGH), v);
    r = n.fma(broadcast(-LN2_LOW), r);
    IntVector exponent = shifted.reinterpretAsInts().sub(Float.floatToRawIntBits(ROUND));
    FloatVector power = power(exponent);
    FloatVector t = expMinusOne(r).fma(power, power.sub(1f));
    FloatVector y = t.div(t.add(2f));
    IntVector sign = x.reinterpretAsInts().and(Integer.MIN_VALUE);
    return y.reinterpretAsInts().or(sign).reinterpretAsFloats();
  }

  /** {@code log(1 + eˣ) = max(x, 0) + log(1 + e^{−|x|})}. */
  public static FloatVector softplus(FloatVector x) {
    FloatVector e = exp(x.abs().neg());
    // What rounding 1 + e loses is put back to first order.
    FloatVector sum = e.add(1f);
    FloatVector lost = e.sub(sum.sub(1f));
    FloatVector log = log(sum).add(lost.div(sum));
    return log.add(x.blend(0f, x.compare(LT, 0f)));
  }

  /** Standard normal distribution function Φ. */
  public static FloatVector normalDistribution(FloatVector x) {
    FloatVector z = x.abs();
    FloatVector tail = exp(z.mul(z).mul(-0.5f)).mul(normalTail(z));
    return tail.blend(tail.neg().add(1f), x.compare(GT, 0f));
  }

  /** Derivative of {@code x Φ(x)}, which is {@code Φ(x) + x φ(x)}. */
  public static FloatVector geluDerivative(FloatVector x) {
    FloatVector z = x.abs();
    FloatVector e = exp(z.mul(z).mul(-0.5f));
    FloatVector tail = e.mul(normalTail(z));
    FloatVector distribution = tail.blend(tail.neg().add(1f), x.compare(GT, 0f));
    return x.mul(e).fma(broadcast(INVERSE_SQRT_2_PI), distribution);
  }

  /**
   * {@code e^{z²/2} Φ(−z)} for {@code z ≥ 0}, which is half of the scaled complementary error
   * function at {@code z/√2}; Chebyshev fit of Press et al., Numerical Recipes in C, section 6.2,
   * with a relative error below 1.2e-7.
   */
  private static FloatVector normalTail(FloatVector z) {
    FloatVector t = broadcast(1f).div(z.fma(broadcast(0.35355339f), broadcast(1f)));
    FloatVector p = broadcast(0.17087277f);
    p = p.fma(t, broadcast(-0.82215223f));
    p = p.fma(t, broadcast(1.48851587f));
    p = p.fma(t, broadcast(-1.13520398f));
    p = p.fma(t, broadcast(0.27886807f));
    p = p.fma(t, broadcast(-0.18628806f));
    p = p.fma(t, broadcast(0.09678418f));
    p = p.fma(t, broadcast(0.37409196f));
    p = p.fma(t, broadcast(1.00002368f));
    p = p.fma(t, broadcast(-1.26551223f));
    return exp(p).mul(t).mul(0.5f);
  }

  private static FloatVector broadcast(float value) {
    return FloatVector.broadcast(Tile.SPECIES, value);
  }
}
