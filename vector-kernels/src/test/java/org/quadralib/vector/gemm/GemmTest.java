package org.quadralib.vector.gemm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.quadralib.vector.parallel.WorkerPool;

/** Products against plain loops, and the same bits on 1, 2 and 3 threads. */
class GemmTest {
  private static final long SEED = 77;
  private static final WorkerPool[] POOLS = {
    new WorkerPool(1), new WorkerPool(2), new WorkerPool(3)
  };

  @AfterAll
  static void closePools() {
    for (WorkerPool pool : POOLS) {
      pool.close();
    }
  }

  static Stream<GemmShape> shapes() {
    List<GemmShape> shapes = new ArrayList<>();
    int[] sizes = {
      1,
      2,
      3,
      Tile.ROWS + 1,
      Tile.LANES - 1,
      Tile.LANES,
      Tile.COLUMNS + 1,
      4 * Tile.LANES + 1,
      37,
      64
    };
    Random random = new Random(SEED);
    for (Join join : Join.values()) {
      for (int i = 0; i < 40; i++) {
        int m = sizes[random.nextInt(sizes.length)];
        int n = sizes[random.nextInt(sizes.length)];
        int k = sizes[random.nextInt(sizes.length)];
        boolean ta = random.nextBoolean();
        boolean tb = random.nextBoolean();
        int parts = 1 + random.nextInt(3);
        int slack = random.nextInt(3);
        shapes.add(
            new GemmShape(
                m,
                n,
                k,
                ta,
                tb,
                (ta ? m : k) + slack,
                (tb ? k : n) + slack,
                n + slack,
                join,
                parts));
      }
    }
    shapes.add(GemmShape.of(1100, 33, 70, false, false));
    shapes.add(GemmShape.of(33, 1100, 700, false, true, Join.DEPTH, 2));
    shapes.add(GemmShape.of(64, 10, 512, false, true, Join.COLUMNS, 3));
    shapes.add(GemmShape.of(400, 300, 257, true, false, Join.ROWS, 3));
    return shapes.stream();
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void matchesPlainLoops(GemmShape s) {
    try (Buffers buffers = new Buffers(SEED)) {
      FloatSpan[] a = buffers.randoms(s.leftParts(), s.spanA());
      FloatSpan[] b = buffers.randoms(s.rightParts(), s.spanB());
      for (boolean accumulate : new boolean[] {false, true}) {
        for (boolean biased : new boolean[] {false, true}) {
          FloatSpan[] bias = biased ? buffers.randoms(s.resultParts(), s.n()) : null;
          float[] before = buffers.randomArray(s.spanC());
          Gemm gemm = new Gemm(s);
          float[][] first = new float[0][];
          for (WorkerPool pool : POOLS) {
            FloatSpan[] c = new FloatSpan[s.resultParts()];
            for (int i = 0; i < c.length; i++) {
              c[i] = buffers.of(before);
            }
            gemm.run(
                pool,
                a,
                b,
                bias,
                c,
                accumulate,
                Buffers.scratch(gemm.scratchFloats(pool.threads())));
            float[][] result = Buffers.read(c);
            if (pool == POOLS[0]) {
              first = result;
            }
            for (int i = 0; i < c.length; i++) {
              assertArrayEquals(first[i], result[i], pool.threads() + " threads differ from one");
            }
          }
          for (int i = 0; i < s.resultParts(); i++) {
            double[] expected = expected(s, i, a, b, bias, before, accumulate);
            Buffers.assertClose("C " + i, expected, first[i], (long) s.k() * s.parts());
          }
        }
      }
    }
  }

  /** The result as plain loops; what lies between the rows of C stays as it was. */
  private static double[] expected(
      GemmShape s,
      int part,
      FloatSpan[] a,
      FloatSpan[] b,
      FloatSpan[] bias,
      float[] before,
      boolean accumulate) {
    double[] c = new double[before.length];
    for (int i = 0; i < c.length; i++) {
      c[i] = before[i];
    }
    int terms = s.join() == Join.DEPTH ? s.parts() : 1;
    for (int i = 0; i < s.m(); i++) {
      for (int j = 0; j < s.n(); j++) {
        double sum = accumulate ? before[i * s.ldc() + j] : 0;
        sum += bias == null ? 0 : Memory.get(bias[part].address() + 4L * j);
        for (int t = 0; t < terms; t++) {
          long pa = a[s.join() == Join.DEPTH ? t : s.join() == Join.ROWS ? part : 0].address();
          long pb = b[s.join() == Join.DEPTH ? t : s.join() == Join.COLUMNS ? part : 0].address();
          for (int p = 0; p < s.k(); p++) {
            int ia = s.transposeA() ? p * s.lda() + i : i * s.lda() + p;
            int ib = s.transposeB() ? j * s.ldb() + p : p * s.ldb() + j;
            sum += (double) Memory.get(pa + 4L * ia) * Memory.get(pb + 4L * ib);
          }
        }
        c[i * s.ldc() + j] = sum;
      }
    }
    return c;
  }

  @Test
  void refusesLeadingDimensionsThatAreTooSmall() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new GemmShape(3, 4, 5, false, false, 4, 4, 4, Join.ROWS, 1));
  }
}
