package org.quadralib.vector.conv;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;
import org.quadralib.vector.gemm.Buffers;
import org.quadralib.vector.gemm.FloatSpan;
import org.quadralib.vector.gemm.Gemm;
import org.quadralib.vector.gemm.GemmShape;
import org.quadralib.vector.gemm.Join;
import org.quadralib.vector.parallel.WorkerPool;

/**
 * Once compiled, kernels allocate nothing per run: vectors that escaped to the heap would show
 * here. All kernels run in turn first, on several shapes, so that what is compiled has seen all of
 * them.
 */
class AllocationTest {
  private static final int WARM_UP = 400;
  private static final int RUNS = 50;

  /** Less than one object per run; the thread's counter itself moves now and then. */
  private static final long BYTES_PER_RUN = 8;

  @Test
  void warmKernelsAllocateNothing() {
    try (Buffers buffers = new Buffers(1);
        WorkerPool pool = new WorkerPool(1)) {
      Runnable[] kernels = {
        forward(buffers, pool, ConvShape.of(2, 8, 16, 16, 8, 3, 1, 1), Winograd.OFF),
        forward(buffers, pool, ConvShape.of(2, 8, 16, 16, 8, 3, 2, 1), Winograd.OFF),
        forward(buffers, pool, ConvShape.of(8, 16, 4, 4, 16, 3, 1, 1), Winograd.OFF),
        inputGradient(buffers, pool, ConvShape.of(2, 8, 16, 16, 8, 3, 1, 1), Winograd.OFF),
        inputGradient(buffers, pool, ConvShape.of(2, 8, 16, 16, 8, 3, 2, 1), Winograd.OFF),
        inputGradient(buffers, pool, ConvShape.of(8, 16, 4, 4, 16, 3, 1, 1), Winograd.OFF),
        inputGradient(buffers, pool, ConvShape.of(8, 32, 8, 8, 16, 3, 2, 1), Winograd.OFF),
        inputGradient(buffers, pool, ConvShape.of(2, 16, 16, 16, 16, 1, 2, 0), Winograd.OFF),
        weightGradient(buffers, pool, ConvShape.of(2, 3, 16, 16, 8, 3, 1, 1), Winograd.OFF),
        weightGradient(buffers, pool, ConvShape.of(2, 8, 16, 16, 8, 3, 1, 1), Winograd.OFF),
        weightGradient(buffers, pool, ConvShape.of(8, 16, 4, 4, 16, 3, 2, 1), Winograd.OFF),
        weightGradient(
            buffers, pool, new ConvShape(2, 9, 16, 16, 9, 3, 3, 1, 1, 1, 1, 1, 1, 9), Winograd.OFF),
        forward(buffers, pool, ConvShape.of(2, 16, 16, 16, 16, 3, 1, 1), Winograd.TILES_OF_4),
        inputGradient(buffers, pool, ConvShape.of(2, 16, 16, 16, 16, 3, 1, 1), Winograd.TILES_OF_4),
        weightGradient(
            buffers, pool, ConvShape.of(2, 16, 16, 16, 16, 3, 1, 1), Winograd.TILES_OF_4),
        forward(buffers, pool, ConvShape.of(2, 16, 16, 16, 16, 3, 1, 1), Winograd.TILES_OF_2),
        product(buffers, pool, GemmShape.of(40, 50, 60, false, true, Join.COLUMNS, 3)),
        product(buffers, pool, GemmShape.of(40, 50, 60, true, false, Join.ROWS, 3)),
        product(buffers, pool, GemmShape.of(40, 50, 60, false, false, Join.DEPTH, 3)),
      };
      for (int i = 0; i < WARM_UP; i++) {
        for (Runnable kernel : kernels) {
          kernel.run();
        }
      }
      for (int k = 0; k < kernels.length; k++) {
        long bytes = leastAllocation(kernels[k]);
        assertTrue(bytes <= BYTES_PER_RUN, "kernel " + k + " allocates " + bytes + " bytes a run");
      }
    }
  }

  /** Bytes per run of the best of some rounds: the compiler may still be at work in the first. */
  private static long leastAllocation(Runnable kernel) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 400 && least > BYTES_PER_RUN; round++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < RUNS; i++) {
        kernel.run();
      }
      long after = threads.getCurrentThreadAllocatedBytes();
      least = Math.min(least, (after - before) / RUNS);
    }
    return least;
  }

  private static Runnable forward(
      Buffers buffers, WorkerPool pool, ConvShape s, Winograd winograd) {
    ConvForward kernel = new ConvForward(s, 3, winograd);
    FloatSpan x = buffers.random(s.inputFloats());
    FloatSpan[] w = buffers.randoms(3, s.weightFloats());
    FloatSpan[] y = buffers.unsets(3, s.outputFloats());
    float[] scratch = new float[kernel.scratchFloats(1)];
    return () -> kernel.run(pool, x, w, null, y, scratch);
  }

  private static Runnable inputGradient(
      Buffers buffers, WorkerPool pool, ConvShape s, Winograd winograd) {
    ConvInputGradient kernel = new ConvInputGradient(s, 3, winograd);
    FloatSpan[] g = buffers.randoms(3, s.outputFloats());
    FloatSpan[] w = buffers.randoms(3, s.weightFloats());
    FloatSpan dx = buffers.unset(s.inputFloats());
    float[] scratch = new float[kernel.scratchFloats(1)];
    return () -> kernel.run(pool, g, w, dx, scratch);
  }

  private static Runnable weightGradient(
      Buffers buffers, WorkerPool pool, ConvShape s, Winograd winograd) {
    ConvWeightGradient kernel = new ConvWeightGradient(s, 3, winograd);
    FloatSpan x = buffers.random(s.inputFloats());
    FloatSpan[] g = buffers.randoms(3, s.outputFloats());
    FloatSpan[] dw = buffers.unsets(3, s.weightFloats());
    float[] scratch = new float[kernel.scratchFloats(1)];
    return () -> kernel.run(pool, x, g, dw, scratch);
  }

  private static Runnable product(Buffers buffers, WorkerPool pool, GemmShape s) {
    Gemm kernel = new Gemm(s);
    FloatSpan[] a = buffers.randoms(s.leftParts(), s.spanA());
    FloatSpan[] b = buffers.randoms(s.rightParts(), s.spanB());
    FloatSpan[] c = buffers.unsets(s.resultParts(), s.spanC());
    float[] scratch = new float[kernel.scratchFloats(1)];
    return () -> kernel.run(pool, a, b, null, c, false, scratch);
  }
}
