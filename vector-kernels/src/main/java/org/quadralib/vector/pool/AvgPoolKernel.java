package org.quadralib.vector.pool;

import static org.quadralib.vector.gemm.Memory.get;
import static org.quadralib.vector.gemm.Memory.set;

import org.quadralib.backend.Memory;
import org.quadralib.graph.op.AvgPool2d;
import org.quadralib.vector.loop.Floats;
import org.quadralib.vector.parallel.WorkerPool;

/** Mean of each window, tap by tap over rows of results. */
final class AvgPoolKernel extends PlaneKernel {
  private final long x;
  private final long y;
  private final MeanWeights weights;

  AvgPoolKernel(AvgPool2d op, Memory memory, WorkerPool pool) {
    super(pool, op.window(), memory.in(0).shape());
    x = Floats.address(memory.in(0));
    y = Floats.address(memory.out());
    weights = MeanWeights.of(vertical, horizontal, op.countPadding());
  }

  @Override
  void plane(long plane, int worker) {
    long from = x + plane * imageBytes();
    long to = y + plane * pooledBytes();
    if (vertical.global() && horizontal.global()) {
      int pixels = vertical.extent() * horizontal.extent();
      set(to, (float) (Floats.sum(from, pixels) / pixels));
      return;
    }
    boolean pairs = pairs();
    for (int oh = 0; oh < vertical.outputs(); oh++) {
      if (pairs) {
        long row = from + 8L * oh * horizontal.extent();
        Pairs.mean(row, row + 4L * horizontal.extent(), to, horizontal.outputs());
      } else {
        row(from, oh, to);
      }
      to += 4L * horizontal.outputs();
    }
  }

  private void row(long image, int oh, long to) {
    Floats.fill(to, horizontal.outputs(), 0f);
    for (int kh = 0; kh < vertical.kernel(); kh++) {
      if (vertical.inside(oh, kh)) {
        long row = image + 4L * vertical.pixel(oh, kh) * horizontal.extent();
        for (int kw = 0; kw < horizontal.kernel(); kw++) {
          int first = horizontal.firstOutput(kw);
          int count = horizontal.endOutput(kw) - first;
          long pixels = row + 4L * horizontal.pixel(first, kw);
          if (horizontal.stride() == 1) {
            Floats.add(pixels, to + 4L * first, count);
          } else {
            add(pixels, horizontal.stride(), to + 4L * first, count);
          }
        }
      }
    }
    weights.scale(to, oh, to);
  }

  private static void add(long from, int stride, long to, int count) {
    for (int i = 0; i < count; i++) {
      set(to + 4L * i, get(to + 4L * i) + get(from + 4L * i * stride));
    }
  }
}
