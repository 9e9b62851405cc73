package org.quadralib.vector.gemm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;

/** Off-heap operands for kernel tests, with a guard of known values on both sides. */
public final class Buffers implements AutoCloseable {
  private static final int GUARD = 40;
  private static final float GUARD_VALUE = -12345f;

  private final Arena arena = Arena.ofConfined();
  private final Random random;

  public Buffers(long seed) {
    random = new Random(seed);
  }

  /** Values of both signs. */
  public float[] randomArray(long count) {
    float[] values = new float[Math.toIntExact(count)];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() * 2 - 1;
    }
    return values;
  }

  public FloatSpan random(long count) {
    return of(randomArray(count));
  }

  public FloatSpan[] randoms(int parts, long count) {
    FloatSpan[] spans = new FloatSpan[parts];
    Arrays.setAll(spans, i -> random(count));
    return spans;
  }

  /** A span that holds NaN, so that what is not written, or is read before it is written, shows. */
  public FloatSpan unset(long count) {
    float[] values = new float[Math.toIntExact(count)];
    Arrays.fill(values, Float.NaN);
    return of(values);
  }

  public FloatSpan[] unsets(int parts, long count) {
    FloatSpan[] spans = new FloatSpan[parts];
    Arrays.setAll(spans, i -> unset(count));
    return spans;
  }

  public FloatSpan of(float[] values) {
    MemorySegment segment = arena.allocate(4L * (values.length + 2 * GUARD), 4);
    for (int i = 0; i < GUARD; i++) {
      segment.setAtIndex(ValueLayout.JAVA_FLOAT, i, GUARD_VALUE);
      segment.setAtIndex(ValueLayout.JAVA_FLOAT, GUARD + values.length + i, GUARD_VALUE);
    }
    MemorySegment.copy(values, 0, segment, ValueLayout.JAVA_FLOAT, 4L * GUARD, values.length);
    return FloatSpan.of(segment, 4L * GUARD, values.length);
  }

  /** The values of a span; fails if a guard was overwritten. */
  public static float[] read(FloatSpan span) {
    int count = (int) span.count();
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = Memory.get(span.address() + 4L * i);
    }
    for (int i = 1; i <= GUARD; i++) {
      assertEquals(GUARD_VALUE, Memory.get(span.address() - 4L * i), "written before the span");
      assertEquals(
          GUARD_VALUE,
          Memory.get(span.address() + 4L * (count + i - 1)),
          "written behind the span");
    }
    return values;
  }

  public static float[][] read(FloatSpan[] spans) {
    float[][] values = new float[spans.length][];
    Arrays.setAll(values, i -> read(spans[i]));
    return values;
  }

  public static float[] scratch(int floats) {
    float[] scratch = new float[floats];
    Arrays.fill(scratch, Float.NaN);
    return scratch;
  }

  /** Compares sums of {@code terms} products of values below 1. */
  public static void assertClose(String what, double[] expected, float[] actual, long terms) {
    assertEquals(expected.length, actual.length, what);
    double tolerance = 4e-7 * Math.sqrt(terms) + 1e-6;
    double worst = 0;
    int worstAt = -1;
    for (int i = 0; i < expected.length; i++) {
      double error = Math.abs(expected[i] - actual[i]) / (tolerance * (1 + Math.abs(expected[i])));
      if (!(error <= worst)) {
        worst = Double.isNaN(error) ? Double.POSITIVE_INFINITY : error;
        worstAt = i;
      }
    }
    if (worst > 1) {
      fail(
          what
              + ": element "
              + worstAt
              + " of "
              + expected.length
              + " is "
              + actual[worstAt]
              + ", expected "
              + expected[worstAt]
              + ", error "
              + worst
              + " times the tolerance");
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
