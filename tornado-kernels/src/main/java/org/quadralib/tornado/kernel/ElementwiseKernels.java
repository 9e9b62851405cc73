package org.quadralib.tornado.kernel;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Functions of one element, or of the elements at one position of several tensors. */
public final class ElementwiseKernels {
  private static final long PHILOX_0 = 0xD2511F53L;
  private static final long PHILOX_1 = 0xCD9E8D57L;
  private static final int WEYL_0 = 0x9E3779B9;
  private static final int WEYL_1 = 0xBB67AE85;
  private static final long LOW = 0xFFFFFFFFL;

  private ElementwiseKernels() {}

  /** {@code n, x, y, function, constants}: {@code y = f(x)}. */
  public static void unary(
      FloatArray memory,
      IntArray program,
      IntArray counters,
      FloatArray constants,
      IntArray integers,
      int unit,
      int threads,
      int blocked) {
    for (@Parallel int t = 0; t < threads; t++) {
      int at = counters.get(unit);
      int n = program.get(at + 2);
      int x = program.get(at + 3);
      int y = program.get(at + 4);
      int function = program.get(at + 5);
      float a = constants.get(program.get(at + 6));
      float b = constants.get(program.get(at + 6) + 1);
      int last = Work.last(t, n, threads, blocked);
      int step = Work.step(threads, blocked);
      for (int i = Work.first(t, n, threads, blocked); i < last; i += step) {
        memory.set(y + i, value(function, memory.get(x + i), a, b));
      }
      if (t == 0) {
        Work.done(memory, program, counters, at);
      }
    }
  }

  /** {@code n, g, v, dx, function, constants}: {@code dx = g f'(v)}. */
  public static void unaryGradient(
      FloatArray memory,
      IntArray program,
      IntArray counters,
      FloatArray constants,
      IntArray integers,
      int unit,
      int threads,
      int blocked) {
    for (@Parallel int t = 0; t < threads; t++) {
      int at = counters.get(unit);
      int n = program.get(at + 2);
      int g = program.get(at + 3);
      int v = program.get(at + 4);
      int dx = program.get(at + 5);
      int function = program.get(at + 6);
      float a = constants.get(program.get(at + 7));
      int last = Work.last(t, n, threads, blocked);
      int step = Work.step(threads, blocked);
      for (int i = Work.first(t, n, threads, blocked); i < last; i += step) {
        memory.set(dx + i, memory.get(g + i) * derivative(function, memory.get(v + i), a));
      }
      if (t == 0) {
        Work.done(memory, program, counters, at);
      }
    }
  }

  /** The functions of {@code UnaryFunction}, by ordinal. */
  private static float value(int function, float x, float a, float b) {
    float y = x;
    if (function == 0) {
      y = a * x + b;
    } else if (function == 1) {
      y = x < 0 ? 0f : x; // NaN stays
    } else if (function == 2) {
      y = x > 0 ? x : a * x;
    } else if (function == 3) {
      y = FloatMath.sigmoid(x);
    } else if (function == 4) {
      y = TornadoMath.tanh(x);
    } else if (function == 5) {
      y = x * FloatMath.normalDistribution(x);
    } else if (function == 6) {
      y = x * FloatMath.sigmoid(x);
    } else if (function == 7) {
      y = x * x;
    } else if (function == 8) {
      y = TornadoMath.sqrt(x);
    } else if (function == 9) {
      y = TornadoMath.exp(x);
    } else if (function == 10) {
      float log = TornadoMath.log(x);
      y = log < a ? a : log;
    } else if (function == 11) {
      y = TornadoMath.abs(x);
    } else if (function == 12) {
      y = FloatMath.softplus(x);
    } else if (function == 13) {
      y = 1f / x;
    } else if (function == 14) {
      float magnitude = TornadoMath.abs(x);
      y = magnitude < a ? x * x / (2 * a) : magnitude - a / 2;
    } else {
      y = x > a ? a : x;
    }
    return y;
  }

  private static float derivative(int function, float v, float a) {
    float d = a;
    if (function == 1) {
      d = v > 0 ? 1f : 0f;
    } else if (function == 2) {
      d = v > 0 ? 1f : a;
    } else if (function == 3) {
      d = v * (1 - v);
    } else if (function == 4) {
      d = 1 - v * v;
    } else if (function == 5) {
      d = FloatMath.geluDerivative(v);
    } else if (function == 6) {
      float s = FloatMath.sigmoid(v);
      d = s * (1 + v * (1 - s));
    } else if (function == 7) {
      d = 2 * v;
    } else if (function == 8) {
      d = 1 / (2 * v);
    } else if (function == 9) {
      d = v;
    } else if (function == 10) {
      d = TornadoMath.log(v) > a ? 1 / v : 0f;
    } else if (function == 11) {
      d = FloatMath.signum(v);
    } else if (function == 12) {
      d = FloatMath.sigmoid(v);
    } else if (function == 13) {
      d = -v * v;
    } else if (function == 14) {
      d = TornadoMath.abs(v) < a ? v / a : FloatMath.signum(v);
    } else if (function == 15) {
      d = v < a ? 1f : 0f;
    }
    return d;
  }

  /** {@code n, x, y, z, function, rank, extents, strides of x, strides of y}. */
  public static void binary(
      FloatArray memory,
      IntArray program,
      IntArray counters,
      FloatArray constants,
      IntArray integers,
      int unit,
      int threads,
      int blocked) {
    for (@Parallel int t = 0; t < threads; t++) {
      int at = counters.get(unit);
      int n = program.get(at + 2);
      int function = program.get(at + 6);
      int rank = program.get(at + 7);
      int last = Work.last(t, n, threads, blocked);
      int step = Work.step(threads, blocked);
      for (int i = Work.first(t, n, threads, blocked); i < last; i += step) {
        int x = program.get(at + 3);
        int y = program.get(at + 4);
        int rest = i;
        for (int axis = rank - 1; axis >= 0; axis--) {
          int extent = program.get(at + 8 + axis);
          int whole = rest / extent;
          int index = rest - whole * extent;
          x += index * program.get(at + 8 + rank + axis);
          y += index * program.get(at + 8 + 2 * rank + axis);
          rest = whole;
        }
        float a = memory.get(x);
        float b = memory.get(y);
        float result = function == 0 ? a + b : (function == 1 ? a - b : a * b);
        memory.set(program.get(at + 5) + i, result);
      }
      if (t == 0) {
        Work.done(memory, program, counters, at);
      }
    }
  }

  /** {@code n, x, y, z, result}: {@code x ∘ y + z}. */
  public static void mulAdd(
      FloatArray memory,
      IntArray program,
      IntArray counters,
      FloatArray constants,
      IntArray integers,
      int unit,
      int threads,
      int blocked) {
    for (@Parallel int t = 0; t < threads; t++) {
      int at = counters.get(unit);
      int n = program.get(at + 2);
      int x = program.get(at + 3);
      int y = program.get(at + 4);
      int z = program.get(at + 5);
      int result = program.get(at + 6);
      int last = Work.last(t, n, threads, blocked);
      int step = Work.step(threads, blocked);
      for (int i = Work.first(t, n, threads, blocked); i < last; i += step) {
        memory.set(result + i, memory.get(x + i) * memory.get(y + i) + memory.get(z + i));
      }
      if (t == 0) {
        Work.done(memory, program, counters, at);
      }
    }
  }

  /** {@code n, y, constant}. */
  public static void fillConstant(
      FloatArray memory,
      IntArray program,
      IntArray counters,
      FloatArray constants,
      IntArray integers,
      int unit,
      int threads,
      int blocked) {
    for (@Parallel int t = 0; t < threads; t++) {
      int at = counters.get(unit);
      int n = program.get(at + 2);
      int y = program.get(at + 3);
      float value = constants.get(program.get(at + 4));
      int last = Work.last(t, n, threads, blocked);
      int step = Work.step(threads, blocked);
      for (int i = Work.first(t, n, threads, blocked); i < last; i += step) {
        memory.set(y + i, value);
      }
      if (t == 0) {
        Work.done(memory, program, counters, at);
      }
    }
  }

  /**
   * {@code n, x, y, counter, constant, threshold, low and high half of the stream}: keeps elements
   * whose 24 random bits are at least the threshold and scales them by the constant. The counter is
   * four integers: both halves of the seed, both of the step. The words are those of {@code
   * Philox}.
   */
  public static void dropout(
      FloatArray memory,
      IntArray program,
      IntArray counters,
      FloatArray constants,
      IntArray integers,
      int unit,
      int threads,
      int blocked) {
    for (@Parallel int t = 0; t < threads; t++) {
      int at = counters.get(unit);
      int n = program.get(at + 2);
      int x = program.get(at + 3);
      int y = program.get(at + 4);
      int counter = program.get(at + 5);
      float scale = constants.get(program.get(at + 6));
      int threshold = program.get(at + 7);
      long stream = (program.get(at + 8) & LOW) | ((program.get(at + 9) & LOW) << 32);
      long seed = (integers.get(counter) & LOW) | ((integers.get(counter + 1) & LOW) << 32);
      long key = seed + stream;
      int stepLow = integers.get(counter + 2);
      int stepHigh = integers.get(counter + 3);
      int last = Work.last(t, n, threads, blocked);
      int step = Work.step(threads, blocked);
      for (int i = Work.first(t, n, threads, blocked); i < last; i += step) {
        int c0 = i / 4;
        int c1 = 0;
        int c2 = stepLow;
        int c3 = stepHigh;
        int k0 = (int) key;
        int k1 = (int) (key >>> 32);
        for (int round = 0; round < 10; round++) {
          long product0 = PHILOX_0 * (c0 & LOW);
          long product1 = PHILOX_1 * (c2 & LOW);
          int n0 = (int) (product1 >>> 32) ^ c1 ^ k0;
          int n2 = (int) (product0 >>> 32) ^ c3 ^ k1;
          c1 = (int) product1;
          c3 = (int) product0;
          c0 = n0;
          c2 = n2;
          k0 += WEYL_0;
          k1 += WEYL_1;
        }
        int lane = i % 4;
        int word = lane == 0 ? c0 : (lane == 1 ? c1 : (lane == 2 ? c2 : c3));
        // Masked, because TornadoVM compiles >>> on int to a shift that keeps the sign.
        int bits = (word >> 8) & 0xFFFFFF;
        memory.set(y + i, bits >= threshold ? memory.get(x + i) * scale : 0f);
      }
      if (t == 0) {
        Work.done(memory, program, counters, at);
      }
    }
  }
}
