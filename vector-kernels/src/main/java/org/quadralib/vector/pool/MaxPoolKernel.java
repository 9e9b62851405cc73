package org.quadralib.vector.pool;

import static org.quadralib.vector.gemm.Memory.get;
import static org.quadralib.vector.gemm.Memory.load;
import static org.quadralib.vector.gemm.Memory.set;
import static org.quadralib.vector.gemm.Memory.store;

import org.quadralib.backend.Memory;
import org.quadralib.graph.op.Window;
import org.quadralib.vector.gemm.Tile;
import org.quadralib.vector.loop.Floats;
import org.quadralib.vector.parallel.WorkerPool;

/** Largest value of each window, tap by tap over rows of results. */
final class MaxPoolKernel extends PlaneKernel {
  private final long x;
  private final long y;

  MaxPoolKernel(Window window, Memory memory, WorkerPool pool) {
    super(pool, window, memory.in(0).shape());
    x = Floats.address(memory.in(0));
    y = Floats.address(memory.out());
  }

  @Override
  void planes(long first, long end, int worker) {
    if (pairs() && ShortRows.fit(vertical.extent(), horizontal.extent())) {
      long windows = (end - first) * vertical.outputs() * horizontal.outputs();
      long from = x + first * imageBytes();
      ShortRows.max(from, y + first * pooledBytes(), windows, horizontal.extent());
    } else {
      super.planes(first, end, worker);
    }
  }

  @Override
  void plane(long plane, int worker) {
    long from = x + plane * imageBytes();
    long to = y + plane * pooledBytes();
    boolean pairs = pairs();
    for (int oh = 0; oh < vertical.outputs(); oh++) {
      if (pairs) {
        long row = from + 8L * oh * horizontal.extent();
        Pairs.max(row, row + 4L * horizontal.extent(), to, horizontal.outputs());
      } else {
        row(from, oh, to);
      }
      to += 4L * horizontal.outputs();
    }
  }

  private void row(long image, int oh, long to) {
    Floats.fill(to, horizontal.outputs(), Float.NEGATIVE_INFINITY);
    for (int kh = 0; kh < vertical.kernel(); kh++) {
      if (vertical.inside(oh, kh)) {
        long row = image + 4L * vertical.pixel(oh, kh) * horizontal.extent();
        for (int kw = 0; kw < horizontal.kernel(); kw++) {
          int first = horizontal.firstOutput(kw);
          int count = horizontal.endOutput(kw) - first;
          long pixels = row + 4L * horizontal.pixel(first, kw);
          if (horizontal.stride() == 1) {
            max(pixels, to + 4L * first, count);
          } else {
            max(pixels, horizontal.stride(), to + 4L * first, count);
          }
        }
      }
    }
  }

  private static void max(long from, long to, int count) {
    int i = 0;
    for (; i <= count - Tile.LANES; i += Tile.LANES) {
      store(load(to + 4L * i).max(load(from + 4L * i)), to + 4L * i);
    }
    for (; i < count; i++) {
      set(to + 4L * i, Math.max(get(to + 4L * i), get(from + 4L * i)));
    }
  }

  private static void max(long from, int stride, long to, int count) {
    for (int i = 0; i < count; i++) {
      set(to + 4L * i, Math.max(get(to + 4L * i), get(from + 4L * i * stride)));
    }
  }
}
