package org.quadralib.bench.roof;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.quadralib.backend.Peak;

/**
 * What the machine can do at most, measured: multiply-adds on registers, and copying memory too
 * large for the caches. A computation is bound by one or the other (Williams, Waterman & Patterson,
 * Roofline, CACM 2009).
 *
 * @param threads of the processor; 0 where a device was measured
 * @param gigaflops billions of floating-point operations a second, two for a multiply-add
 * @param gigabytes billions of bytes read and written a second
 */
public record Roofline(int threads, double gigaflops, double gigabytes) {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int CHAINS = 10; // more than latency times units of any processor of today
  private static final int FMAS = 1 << 20;
  private static final long COPY_BYTES = 64L << 20;
  private static final int REPEATS = 60;

  /** Measures with so many threads; takes about a second. */
  public static Roofline measure(int threads) {
    double flops = (double) CHAINS * FMAS * SPECIES.length() * 2 * threads;
    double flopNanos = best(threads, Roofline::multiplyAdds);
    try (Arena arena = Arena.ofShared()) {
      MemorySegment from = arena.allocate(COPY_BYTES * threads, 64);
      MemorySegment to = arena.allocate(COPY_BYTES * threads, 64);
      double copyNanos =
          best(
              threads,
              thread -> {
                long start = COPY_BYTES * thread;
                MemorySegment.copy(from, start, to, start, COPY_BYTES);
                return 0;
              });
      return new Roofline(threads, flops / flopNanos, 2.0 * COPY_BYTES * threads / copyNanos);
    }
  }

  /** That of a device. */
  public static Roofline of(Peak peak) {
    return new Roofline(0, peak.gigaflops(), peak.gigabytes());
  }

  /** Least time of all threads doing something at once, in nanoseconds. */
  private static double best(int threads, Task task) {
    double best = Double.POSITIVE_INFINITY;
    for (int i = 0; i < REPEATS; i++) {
      best = Math.min(best, together(threads, task));
    }
    return best;
  }

  private interface Task {
    float run(int thread);
  }

  @SuppressWarnings("UnusedVariable") // so that the compiler cannot drop what is computed
  private static volatile float sink;

  private static double together(int threads, Task task) {
    CountDownLatch ready = new CountDownLatch(threads);
    CountDownLatch go = new CountDownLatch(1);
    Thread[] all = new Thread[threads];
    for (int i = 0; i < threads; i++) {
      int thread = i;
      all[i] =
          new Thread(
              () -> {
                ready.countDown();
                await(go);
                sink = task.run(thread);
              });
      all[i].start();
    }
    await(ready);
    long start = System.nanoTime();
    go.countDown();
    for (Thread thread : all) {
      join(thread);
    }
    return System.nanoTime() - start;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static IllegalStateException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new IllegalStateException("interrupted", e);
  }

  /** Independent chains of multiply-adds, one vector each. */
  private static float multiplyAdds(int thread) {
    FloatVector x = FloatVector.broadcast(SPECIES, 0.999f);
    FloatVector y = FloatVector.broadcast(SPECIES, 0.001f + thread);
    FloatVector a = y;
    FloatVector b = y;
    FloatVector c = y;
    FloatVector d = y;
    FloatVector e = y;
    FloatVector f = y;
    FloatVector g = y;
    FloatVector h = y;
    FloatVector i = y;
    FloatVector j = y;
    for (int n = 0; n < FMAS; n++) {
      a = a.fma(x, y);
      b = b.fma(x, y);
      c = c.fma(x, y);
      d = d.fma(x, y);
      e = e.fma(x, y);
      f = f.fma(x, y);
      g = g.fma(x, y);
      h = h.fma(x, y);
      i = i.fma(x, y);
      j = j.fma(x, y);
    }
    FloatVector sum = a.add(b).add(c).add(d).add(e).add(f).add(g).add(h).add(i).add(j);
    return sum.lane(0);
  }

  /** Least time that work takes: the longer of computing and of moving memory. */
  public double nanos(Work work) {
    return Math.max(work.flops() / gigaflops, work.bytes() / gigabytes);
  }

  /** One object. */
  public ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("threads", threads);
    json.put("gigaflops", gigaflops);
    json.put("gigabytesPerSecond", gigabytes);
    return json;
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "measured roof, %s: %.0f GFLOP/s, copying %.1f GB/s",
        threads == 0 ? "the device" : threads + " threads",
        gigaflops,
        gigabytes);
  }
}
