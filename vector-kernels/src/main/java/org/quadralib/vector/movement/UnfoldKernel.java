package org.quadralib.vector.movement;

import static org.quadralib.vector.gemm.Memory.get;
import static org.quadralib.vector.gemm.Memory.set;

import org.quadralib.backend.Kernel;
import org.quadralib.backend.Memory;
import org.quadralib.graph.op.Unfold;
import org.quadralib.tensor.Shape;
import org.quadralib.vector.loop.Floats;
import org.quadralib.vector.loop.RowTiles;
import org.quadralib.vector.loop.WindowAxis;
import org.quadralib.vector.parallel.ParallelTask;
import org.quadralib.vector.parallel.WorkerPool;

/**
 * Lays out the patches of an image. They come as {@code [n, channels, kh, kw, oh, ow]}: for each
 * plane and tap a shifted copy of the plane, so groups make no difference.
 */
public final class UnfoldKernel implements Kernel, ParallelTask {
  private final WorkerPool pool;
  private final WindowAxis vertical;
  private final WindowAxis horizontal;
  private final RowTiles tiles;
  private final long x;
  private final long y;

  /** A kernel bound to its memory. */
  public UnfoldKernel(Unfold op, Memory memory, WorkerPool pool) {
    this.pool = pool;
    Shape image = memory.in(0).shape();
    vertical = WindowAxis.vertical(op.window(), image.dim(2));
    horizontal = WindowAxis.horizontal(op.window(), image.dim(3));
    int perPlane = op.window().taps() * vertical.outputs() * horizontal.outputs();
    tiles = RowTiles.whole(image.span(0, 2), perPlane);
    x = Floats.address(memory.in(0));
    y = Floats.address(memory.out());
  }

  @Override
  public void run() {
    pool.parallelFor(tiles.tasks(), this);
  }

  @Override
  public void run(int task, int worker) {
    long planeBytes = 4L * vertical.extent() * horizontal.extent();
    for (long plane = tiles.firstRow(task); plane < tiles.endRow(task); plane++) {
      unfold(x + plane * planeBytes, y + 4 * plane * tiles.length());
    }
  }

  private void unfold(long plane, long patches) {
    long to = patches;
    for (int kh = 0; kh < vertical.kernel(); kh++) {
      for (int kw = 0; kw < horizontal.kernel(); kw++) {
        for (int oh = 0; oh < vertical.outputs(); oh++) {
          if (vertical.inside(oh, kh)) {
            row(plane + 4L * vertical.pixel(oh, kh) * horizontal.extent(), kw, to);
          } else {
            Floats.fill(to, horizontal.outputs(), 0f);
          }
          to += 4L * horizontal.outputs();
        }
      }
    }
  }

  private void row(long from, int tap, long to) {
    int first = horizontal.firstOutput(tap);
    int end = horizontal.endOutput(tap);
    long pixel = from + 4L * horizontal.pixel(first, tap);
    Floats.fill(to, first, 0f);
    if (horizontal.stride() == 1) {
      Floats.copy(pixel, to + 4L * first, end - first);
    } else {
      for (int ow = first; ow < end; ow++) {
        set(to + 4L * ow, get(pixel + 4L * (ow - first) * horizontal.stride()));
      }
    }
    Floats.fill(to + 4L * end, horizontal.outputs() - end, 0f);
  }
}
