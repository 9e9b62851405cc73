package org.quadralib.vector.conv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.quadralib.vector.gemm.Buffers;
import org.quadralib.vector.gemm.FloatSpan;
import org.quadralib.vector.parallel.WorkerPool;

/**
 * Winograd algorithms against plain loops in double precision. The bound is relative to the largest
 * output, as the error of these algorithms is.
 */
class WinogradTest {
  private static final long SEED = 20260217;
  private static final int MAPS = 3;
  private static final WorkerPool[] POOLS = {new WorkerPool(1), new WorkerPool(2)};

  @AfterAll
  static void closePools() {
    for (WorkerPool pool : POOLS) {
      pool.close();
    }
  }

  static Stream<Arguments> cases() {
    List<ConvShape> shapes =
        List.of(
            ConvShape.of(1, 1, 1, 1, 1, 3, 1, 1),
            ConvShape.of(2, 3, 5, 7, 4, 3, 1, 1),
            ConvShape.of(1, 7, 9, 4, 5, 3, 1, 0),
            ConvShape.of(2, 4, 6, 6, 3, 3, 1, 2),
            ConvShape.of(3, 17, 8, 8, 19, 3, 1, 1),
            ConvShape.of(2, 16, 13, 40, 33, 3, 1, 1),
            ConvShape.of(40, 5, 4, 4, 6, 3, 1, 1),
            // Few tiles and many filters, which go another way than many tiles.
            ConvShape.of(2, 90, 4, 4, 130, 3, 1, 1),
            // More tiles than the weight gradient transforms at a time.
            ConvShape.of(10, 32, 64, 64, 16, 3, 1, 1));
    List<Arguments> cases = new ArrayList<>();
    for (ConvShape shape : shapes) {
      cases.add(Arguments.of(shape, Winograd.TILES_OF_2, 1e-5));
      cases.add(Arguments.of(shape, Winograd.TILES_OF_4, 3e-5));
    }
    return cases.stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void forward(ConvShape s, Winograd winograd, double bound) {
    try (Buffers buffers = new Buffers(SEED)) {
      FloatSpan x = buffers.random(s.inputFloats());
      FloatSpan[] w = buffers.randoms(MAPS, s.weightFloats());
      FloatSpan[] b = buffers.randoms(MAPS, s.filters());
      ConvForward kernel = new ConvForward(s, MAPS, winograd);
      float[][] y =
          sameOnAllPools(
              pool -> {
                FloatSpan[] out = buffers.unsets(MAPS, s.outputFloats());
                float[] scratch = Buffers.scratch(kernel.scratchFloats(pool.threads()));
                kernel.run(pool, x, w, b, out, scratch);
                return out;
              });
      for (int i = 0; i < MAPS; i++) {
        double[] expected =
            NaiveConv.forward(s, Buffers.read(x), Buffers.read(w[i]), Buffers.read(b[i]));
        assertClose(expected, y[i], bound);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void inputGradient(ConvShape s, Winograd winograd, double bound) {
    try (Buffers buffers = new Buffers(SEED)) {
      FloatSpan[] g = buffers.randoms(MAPS, s.outputFloats());
      FloatSpan[] w = buffers.randoms(MAPS, s.weightFloats());
      ConvInputGradient kernel = new ConvInputGradient(s, MAPS, winograd);
      float[][] dx =
          sameOnAllPools(
              pool -> {
                FloatSpan out = buffers.unset(s.inputFloats());
                kernel.run(pool, g, w, out, Buffers.scratch(kernel.scratchFloats(pool.threads())));
                return new FloatSpan[] {out};
              });
      assertClose(NaiveConv.inputGradient(s, Buffers.read(g), Buffers.read(w)), dx[0], bound);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void weightGradient(ConvShape s, Winograd winograd, double bound) {
    try (Buffers buffers = new Buffers(SEED)) {
      FloatSpan x = buffers.random(s.inputFloats());
      FloatSpan[] g = buffers.randoms(MAPS, s.outputFloats());
      ConvWeightGradient kernel = new ConvWeightGradient(s, MAPS, winograd);
      float[][] dw =
          sameOnAllPools(
              pool -> {
                FloatSpan[] out = buffers.unsets(MAPS, s.weightFloats());
                kernel.run(pool, x, g, out, Buffers.scratch(kernel.scratchFloats(pool.threads())));
                return out;
              });
      for (int i = 0; i < MAPS; i++) {
        assertClose(NaiveConv.weightGradient(s, Buffers.read(x), Buffers.read(g[i])), dw[i], bound);
      }
    }
  }

  @Test
  void isChosenWhereItPays() {
    ConvShape many = ConvShape.of(32, 64, 32, 32, 64, 3, 1, 1);
    ConvShape strided = ConvShape.of(32, 64, 32, 32, 64, 3, 2, 1);
    ConvShape grey = ConvShape.of(32, 1, 32, 32, 64, 3, 1, 1);
    assertEquals(4, Winograd.AUTO.edge(TapProblem.forward(many, 3)));
    assertEquals(4, Winograd.AUTO.edge(many, 3));
    assertEquals(0, Winograd.OFF.edge(TapProblem.forward(many, 3)));
    assertEquals(0, Winograd.OFF.edge(many, 3));
    assertEquals(2, Winograd.TILES_OF_2.edge(many, 3));
    assertEquals(0, Winograd.TILES_OF_4.edge(TapProblem.forward(strided, 3)));
    assertEquals(0, Winograd.AUTO.edge(TapProblem.forward(grey, 3)));
  }

  @Test
  void takesStatisticsOnTheWayWhereTheyAreFew() {
    ConvShape few = ConvShape.of(64, 64, 8, 8, 64, 3, 1, 1);
    ConvShape many = ConvShape.of(1 << 16, 64, 8, 8, 64, 3, 1, 1);
    ConvShape cut = ConvShape.of(64, 64, 10, 10, 64, 3, 1, 1);
    assertTrue(ConvForward.withStatistics(few, 3, Winograd.TILES_OF_4).takesStatistics());
    assertFalse(ConvForward.withStatistics(many, 3, Winograd.TILES_OF_4).takesStatistics());
    assertFalse(ConvForward.withStatistics(cut, 3, Winograd.TILES_OF_4).takesStatistics());
    assertFalse(new ConvForward(few, 3, Winograd.TILES_OF_4).takesStatistics());
  }

  @Test
  void namesOfChoices() {
    assertEquals(Winograd.TILES_OF_4, Winograd.parse("4"));
    assertEquals(Winograd.AUTO, Winograd.parse("Auto"));
    var error = assertThrows(IllegalArgumentException.class, () -> Winograd.parse("6"));
    assertTrue(error.getMessage().contains("auto, off, 2 or 4"), error.getMessage());
  }

  private static float[][] sameOnAllPools(Function<WorkerPool, FloatSpan[]> run) {
    float[][] one = Buffers.read(run.apply(POOLS[0]));
    float[][] two = Buffers.read(run.apply(POOLS[1]));
    for (int i = 0; i < one.length; i++) {
      assertArrayEquals(one[i], two[i], "two threads differ from one");
    }
    return one;
  }

  private static void assertClose(double[] expected, float[] actual, double bound) {
    assertEquals(expected.length, actual.length);
    double largest = 0;
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      double error = Math.abs(expected[i] - actual[i]);
      worst = error <= worst ? worst : Double.isNaN(error) ? Double.POSITIVE_INFINITY : error;
    }
    assertTrue(worst <= bound * largest, "error " + worst / largest + " of the largest value");
  }
}
