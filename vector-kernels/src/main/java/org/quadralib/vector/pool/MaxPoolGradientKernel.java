package org.quadralib.vector.pool;

import static org.quadralib.vector.gemm.Memory.get;
import static org.quadralib.vector.gemm.Memory.set;

import org.quadralib.backend.Memory;
import org.quadralib.graph.op.Window;
import org.quadralib.vector.loop.Floats;
import org.quadralib.vector.parallel.WorkerPool;

/** Routes each gradient to the first largest value of its window. */
final class MaxPoolGradientKernel extends PlaneKernel {
  private final long g;
  private final long x;
  private final long dx;

  MaxPoolGradientKernel(Window window, Memory memory, WorkerPool pool) {
    super(pool, window, memory.in(1).shape());
    g = Floats.address(memory.in(0));
    x = Floats.address(memory.in(1));
    dx = Floats.address(memory.out());
  }

  @Override
  void planes(long first, long end, int worker) {
    if (pairs() && ShortRows.fit(vertical.extent(), horizontal.extent())) {
      long windows = (end - first) * vertical.outputs() * horizontal.outputs();
      long image = first * imageBytes();
      long gradients = g + first * pooledBytes();
      ShortRows.maxGradient(gradients, x + image, dx + image, windows, horizontal.extent());
    } else {
      super.planes(first, end, worker);
    }
  }

  @Override
  void plane(long plane, int worker) {
    long gradients = g + plane * pooledBytes();
    long image = x + plane * imageBytes();
    long result = dx + plane * imageBytes();
    if (pairs()) {
      pairs(gradients, image, result);
      return;
    }
    Floats.fill(result, vertical.extent() * horizontal.extent(), 0f);
    for (int oh = 0; oh < vertical.outputs(); oh++) {
      for (int ow = 0; ow < horizontal.outputs(); ow++) {
        int winner = winner(image, oh, ow);
        if (winner >= 0) {
          long at = result + 4L * winner;
          set(at, get(at) + get(gradients));
        }
        gradients += 4;
      }
    }
  }

  /** Position of the winner; −1 if a dilated window misses the image. */
  private int winner(long image, int oh, int ow) {
    int winner = -1;
    float best = 0;
    for (int kh = 0; kh < vertical.kernel(); kh++) {
      if (!vertical.inside(oh, kh)) {
        continue;
      }
      int row = vertical.pixel(oh, kh) * horizontal.extent();
      for (int kw = 0; kw < horizontal.kernel(); kw++) {
        int column = horizontal.pixel(ow, kw);
        if (column >= 0 && column < horizontal.extent()) {
          float candidate = get(image + 4L * (row + column));
          if (winner < 0 || candidate > best || Float.isNaN(candidate)) {
            winner = row + column;
            best = candidate;
          }
        }
      }
    }
    return winner;
  }

  private void pairs(long gradients, long image, long result) {
    int width = horizontal.extent();
    for (int oh = 0; oh < vertical.outputs(); oh++) {
      long row = 8L * oh * width;
      Pairs.maxGradient(
          gradients + 4L * oh * horizontal.outputs(),
          image + row,
          image + row + 4L * width,
          result + row,
          result + row + 4L * width,
          horizontal.outputs());
      if (width % 2 == 1) {
        set(result + row + 4L * (width - 1), 0f);
        set(result + row + 4L * (2 * width - 1), 0f);
      }
    }
    if (vertical.extent() % 2 == 1) {
      Floats.fill(result + 4L * (vertical.extent() - 1) * width, width, 0f);
    }
  }
}
