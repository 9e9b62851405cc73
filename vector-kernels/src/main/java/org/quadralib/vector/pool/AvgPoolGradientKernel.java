package org.quadralib.vector.pool;

import static org.quadralib.vector.gemm.Memory.get;
import static org.quadralib.vector.gemm.Memory.set;

import org.quadralib.backend.Memory;
import org.quadralib.graph.op.AvgPool2dGradient;
import org.quadralib.vector.loop.Floats;
import org.quadralib.vector.parallel.WorkerPool;

/** Shares each gradient among the pixels of its window. */
final class AvgPoolGradientKernel extends PlaneKernel {
  private final long g;
  private final long dx;
  private final long scratch;
  private final MeanWeights weights;

  AvgPoolGradientKernel(AvgPool2dGradient op, Memory memory, WorkerPool pool) {
    super(pool, op.window(), op.x());
    g = Floats.address(memory.in(0));
    dx = Floats.address(memory.out());
    scratch = memory.scratch().address();
    weights = MeanWeights.of(vertical, horizontal, op.countPadding());
  }

  @Override
  void plane(long plane, int worker) {
    long from = g + plane * pooledBytes();
    long to = dx + plane * imageBytes();
    int pixels = vertical.extent() * horizontal.extent();
    if (vertical.global() && horizontal.global()) {
      Floats.fill(to, pixels, get(from) / pixels);
    } else if (pairs()) {
      pairs(from, to);
    } else {
      Floats.fill(to, pixels, 0f);
      long shares = scratch + 4L * worker * horizontal.outputs();
      for (int oh = 0; oh < vertical.outputs(); oh++) {
        weights.scale(from + 4L * oh * horizontal.outputs(), oh, shares);
        row(shares, oh, to);
      }
    }
  }

  private void row(long shares, int oh, long image) {
    for (int kh = 0; kh < vertical.kernel(); kh++) {
      if (vertical.inside(oh, kh)) {
        long row = image + 4L * vertical.pixel(oh, kh) * horizontal.extent();
        for (int kw = 0; kw < horizontal.kernel(); kw++) {
          int first = horizontal.firstOutput(kw);
          int count = horizontal.endOutput(kw) - first;
          long pixels = row + 4L * horizontal.pixel(first, kw);
          if (horizontal.stride() == 1) {
            Floats.add(shares + 4L * first, pixels, count);
          } else {
            add(shares + 4L * first, pixels, horizontal.stride(), count);
          }
        }
      }
    }
  }

  private static void add(long from, long to, int stride, int count) {
    for (int i = 0; i < count; i++) {
      long at = to + 4L * i * stride;
      set(at, get(at) + get(from + 4L * i));
    }
  }

  private void pairs(long gradients, long result) {
    int width = horizontal.extent();
    for (int oh = 0; oh < vertical.outputs(); oh++) {
      long upper = result + 8L * oh * width;
      long lower = upper + 4L * width;
      Pairs.meanGradient(
          gradients + 4L * oh * horizontal.outputs(), upper, lower, horizontal.outputs());
      if (width % 2 == 1) {
        set(upper + 4L * (width - 1), 0f);
        set(lower + 4L * (width - 1), 0f);
      }
    }
    if (vertical.extent() % 2 == 1) {
      Floats.fill(result + 4L * (vertical.extent() - 1) * width, width, 0f);
    }
  }
}
