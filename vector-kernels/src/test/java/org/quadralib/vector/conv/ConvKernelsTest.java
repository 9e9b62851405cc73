package org.quadralib.vector.conv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.quadralib.vector.gemm.Buffers;
import org.quadralib.vector.gemm.FloatSpan;
import org.quadralib.vector.gemm.Memory;
import org.quadralib.vector.gemm.Tile;
import org.quadralib.vector.parallel.WorkerPool;

/**
 * Convolutions and their gradients against plain loops, and the same bits on 1, 2 and 3 threads.
 */
class ConvKernelsTest {
  private static final long SEED = 20240607;
  private static final WorkerPool[] POOLS = {
    new WorkerPool(1), new WorkerPool(2), new WorkerPool(3)
  };

  static Stream<ConvShape> shapes() {
    return ConvCases.all(SEED).stream();
  }

  @AfterAll
  static void closePools() {
    for (WorkerPool pool : POOLS) {
      pool.close();
    }
  }

  /** One to three maps, by turns over the shapes. */
  private static int maps(ConvShape s) {
    return 1 + (s.channels() + s.filters() + s.height()) % 3;
  }

  private static float[][] sameOnAllPools(Function<WorkerPool, FloatSpan[]> run) {
    float[][] first = Buffers.read(run.apply(POOLS[0]));
    for (int i = 1; i < POOLS.length; i++) {
      float[][] other = Buffers.read(run.apply(POOLS[i]));
      for (int j = 0; j < first.length; j++) {
        assertArrayEquals(first[j], other[j], (i + 1) + " threads differ from one");
      }
    }
    return first;
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void forwardMatchesPlainLoops(ConvShape s) {
    int maps = maps(s);
    boolean biased = s.width() % 2 == 0;
    try (Buffers buffers = new Buffers(SEED)) {
      FloatSpan x = buffers.random(s.inputFloats());
      FloatSpan[] w = buffers.randoms(maps, s.weightFloats());
      FloatSpan[] b = biased ? buffers.randoms(maps, s.filters()) : null;
      ConvForward kernel = new ConvForward(s, maps, Winograd.OFF);
      float[][] y =
          sameOnAllPools(
              pool -> {
                FloatSpan[] out = buffers.unsets(maps, s.outputFloats());
                kernel.run(
                    pool, x, w, b, out, Buffers.scratch(kernel.scratchFloats(pool.threads())));
                return out;
              });
      for (int i = 0; i < maps; i++) {
        double[] expected =
            NaiveConv.forward(
                s, Buffers.read(x), Buffers.read(w[i]), biased ? Buffers.read(b[i]) : null);
        Buffers.assertClose(
            "y of map " + i, expected, y[i], (long) s.channelsPerGroup() * s.kernelSize());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void inputGradientMatchesPlainLoops(ConvShape s) {
    int maps = maps(s);
    try (Buffers buffers = new Buffers(SEED)) {
      FloatSpan[] g = buffers.randoms(maps, s.outputFloats());
      FloatSpan[] w = buffers.randoms(maps, s.weightFloats());
      ConvInputGradient kernel = new ConvInputGradient(s, maps, Winograd.OFF);
      float[][] dx =
          sameOnAllPools(
              pool -> {
                FloatSpan out = buffers.unset(s.inputFloats());
                kernel.run(pool, g, w, out, Buffers.scratch(kernel.scratchFloats(pool.threads())));
                return new FloatSpan[] {out};
              });
      double[] expected = NaiveConv.inputGradient(s, Buffers.read(g), Buffers.read(w));
      Buffers.assertClose(
          "dx", expected, dx[0], (long) maps * s.filtersPerGroup() * s.kernelSize());
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void weightGradientMatchesPlainLoops(ConvShape s) {
    int maps = maps(s);
    try (Buffers buffers = new Buffers(SEED)) {
      FloatSpan x = buffers.random(s.inputFloats());
      FloatSpan[] g = buffers.randoms(maps, s.outputFloats());
      ConvWeightGradient kernel = new ConvWeightGradient(s, maps, Winograd.OFF);
      float[][] dw =
          sameOnAllPools(
              pool -> {
                FloatSpan[] out = buffers.unsets(maps, s.weightFloats());
                kernel.run(pool, x, g, out, Buffers.scratch(kernel.scratchFloats(pool.threads())));
                return out;
              });
      for (int i = 0; i < maps; i++) {
        double[] expected = NaiveConv.weightGradient(s, Buffers.read(x), Buffers.read(g[i]));
        Buffers.assertClose(
            "dw of map " + i,
            expected,
            dw[i],
            (long) s.batch() * s.outputHeight() * s.outputWidth());
      }
    }
  }

  /** A layer A ∘ B + C in one pass, as a fused kernel would do it. */
  @ParameterizedTest
  @MethodSource("shapes")
  void epilogueSeesAllMapsOfAChannel(ConvShape s) {
    try (Buffers buffers = new Buffers(SEED)) {
      FloatSpan x = buffers.random(s.inputFloats());
      FloatSpan[] w = buffers.randoms(3, s.weightFloats());
      FloatSpan out = buffers.unset(s.outputFloats());
      ConvForward kernel = new ConvForward(s, 3, Winograd.OFF);
      Epilogue quadratic =
          (sums, at, mapStride, channel, count, position, step) -> {
            for (int i = at; i < at + count; i++) {
              float y = sums[i] * sums[i + mapStride] + sums[i + 2 * mapStride];
              Memory.set(out.address() + 4 * (position + (long) (i - at) * step), y);
            }
          };
      float[] scratch = Buffers.scratch(kernel.scratchFloats(2));
      kernel.run(POOLS[1], x, w, quadratic, scratch);
      double[] a = NaiveConv.forward(s, Buffers.read(x), Buffers.read(w[0]), null);
      double[] b = NaiveConv.forward(s, Buffers.read(x), Buffers.read(w[1]), null);
      double[] expected = NaiveConv.forward(s, Buffers.read(x), Buffers.read(w[2]), null);
      for (int i = 0; i < expected.length; i++) {
        expected[i] += a[i] * b[i];
      }
      int terms = s.channelsPerGroup() * s.kernelSize();
      Buffers.assertClose("y", expected, Buffers.read(out), 4L * terms * terms);
    }
  }

  /** Where they are taken on the way, of sums before the bias and far from zero after it. */
  @ParameterizedTest
  @MethodSource("shapes")
  void statisticsMatchPlainLoops(ConvShape s) {
    int maps = maps(s);
    ConvForward kernel = ConvForward.withStatistics(s, maps, Winograd.OFF);
    if (!kernel.takesStatistics()) {
      return;
    }
    try (Buffers buffers = new Buffers(SEED)) {
      FloatSpan x = buffers.random(s.inputFloats());
      FloatSpan[] w = buffers.randoms(maps, s.weightFloats());
      FloatSpan[] b = buffers.randoms(maps, s.filters());
      float[][] statistics =
          sameOnAllPools(
              pool -> {
                FloatSpan[] y = buffers.unsets(maps, s.outputFloats());
                FloatSpan[] out = buffers.unsets(2 * maps, s.filters());
                float[] scratch = Buffers.scratch(kernel.scratchFloats(pool.threads()));
                kernel.run(pool, x, w, b, y, scratch);
                kernel.storeStatistics(
                    pool, Arrays.copyOf(out, maps), Arrays.copyOfRange(out, maps, 2 * maps));
                return out;
              });
      int pixels = s.outputHeight() * s.outputWidth();
      long terms = (long) s.channelsPerGroup() * s.kernelSize();
      for (int i = 0; i < maps; i++) {
        double[] y = NaiveConv.forward(s, Buffers.read(x), Buffers.read(w[i]), Buffers.read(b[i]));
        double[] mean = new double[s.filters()];
        double[] variance = new double[s.filters()];
        for (int at = 0; at < y.length; at++) {
          mean[at / pixels % s.filters()] += y[at] / (s.batch() * pixels);
        }
        for (int at = 0; at < y.length; at++) {
          double distance = y[at] - mean[at / pixels % s.filters()];
          variance[at / pixels % s.filters()] += distance * distance / (s.batch() * pixels);
        }
        Buffers.assertClose("mean of map " + i, mean, statistics[i], terms);
        Buffers.assertClose("variance of map " + i, variance, statistics[maps + i], terms);
      }
    }
  }

  @Test
  void takesStatisticsOnTheWayWhereRunsAreLong() {
    ConvShape stem = ConvShape.of(2, 3, 32, 32, 24, 3, 1, 1);
    ConvShape tiny = ConvShape.of(16, 2 * Tile.LANES, 4, 4, 4 * Tile.LANES, 3, 1, 1);
    assertTrue(ConvForward.withStatistics(stem, 3, Winograd.OFF).takesStatistics());
    assertFalse(ConvForward.withStatistics(tiny, 3, Winograd.OFF).takesStatistics());
    assertFalse(new ConvForward(stem, 3, Winograd.OFF).takesStatistics());
  }

  @Test
  void smallPlanesOfManyImagesFillTilesWithImages() {
    int plane = Tile.LANES; // half a vector, with stride 2
    ConvShape s = ConvShape.of(16, 2 * Tile.LANES, plane, plane, 4 * Tile.LANES, 3, 2, 1);
    TapKernel kernel = TapKernel.of(List.of(TapProblem.forward(s, 3)), Winograd.AUTO).getFirst();
    assertInstanceOf(BatchConvolution.class, kernel);
  }

  @Test
  void refusesSpansThatAreTooSmall() {
    ConvShape s = ConvShape.of(1, 2, 4, 4, 3, 3, 1, 1);
    try (Buffers buffers = new Buffers(SEED)) {
      ConvForward kernel = new ConvForward(s, 1, Winograd.OFF);
      FloatSpan x = buffers.random(s.inputFloats());
      FloatSpan[] w = buffers.randoms(1, s.weightFloats());
      FloatSpan[] y = buffers.unsets(1, s.outputFloats() - 1);
      float[] scratch = new float[kernel.scratchFloats(1)];
      assertThrows(
          IllegalArgumentException.class, () -> kernel.run(POOLS[0], x, w, null, y, scratch));
      FloatSpan[] fits = buffers.unsets(1, s.outputFloats());
      assertThrows(
          IllegalArgumentException.class,
          () -> kernel.run(POOLS[0], x, w, null, fits, new float[scratch.length - 1]));
    }
  }
}
