package org.quadralib.vector.movement;

import static org.quadralib.vector.gemm.Memory.get;
import static org.quadralib.vector.gemm.Memory.set;

import org.quadralib.backend.Kernel;
import org.quadralib.backend.Memory;
import org.quadralib.graph.op.Fold;
import org.quadralib.vector.loop.Floats;
import org.quadralib.vector.loop.RowTiles;
import org.quadralib.vector.loop.WindowAxis;
import org.quadralib.vector.parallel.ParallelTask;
import org.quadralib.vector.parallel.WorkerPool;

/** Adds patches up to an image, the adjoint of {@link UnfoldKernel}; a task has whole planes. */
public final class FoldKernel implements Kernel, ParallelTask {
  private final WorkerPool pool;
  private final WindowAxis vertical;
  private final WindowAxis horizontal;
  private final RowTiles tiles;
  private final long patches;
  private final long image;

  /** A kernel bound to its memory. */
  public FoldKernel(Fold op, Memory memory, WorkerPool pool) {
    this.pool = pool;
    vertical = WindowAxis.vertical(op.window(), op.x().dim(2));
    horizontal = WindowAxis.horizontal(op.window(), op.x().dim(3));
    int perPlane = op.window().taps() * vertical.outputs() * horizontal.outputs();
    tiles = RowTiles.whole(op.x().span(0, 2), perPlane);
    patches = Floats.address(memory.in(0));
    image = Floats.address(memory.out());
  }

  @Override
  public void run() {
    pool.parallelFor(tiles.tasks(), this);
  }

  @Override
  public void run(int task, int worker) {
    int pixels = vertical.extent() * horizontal.extent();
    for (long plane = tiles.firstRow(task); plane < tiles.endRow(task); plane++) {
      long to = image + 4 * plane * pixels;
      Floats.fill(to, pixels, 0f);
      fold(patches + 4 * plane * tiles.length(), to);
    }
  }

  private void fold(long from, long plane) {
    long row = from;
    for (int kh = 0; kh < vertical.kernel(); kh++) {
      for (int kw = 0; kw < horizontal.kernel(); kw++) {
        for (int oh = 0; oh < vertical.outputs(); oh++) {
          if (vertical.inside(oh, kh)) {
            addRow(row, kw, plane + 4L * vertical.pixel(oh, kh) * horizontal.extent());
          }
          row += 4L * horizontal.outputs();
        }
      }
    }
  }

  private void addRow(long from, int tap, long to) {
    int first = horizontal.firstOutput(tap);
    int count = horizontal.endOutput(tap) - first;
    long read = from + 4L * first;
    long pixel = to + 4L * horizontal.pixel(first, tap);
    if (horizontal.stride() == 1) {
      Floats.add(read, pixel, count);
    } else {
      for (int i = 0; i < count; i++) {
        long at = pixel + 4L * i * horizontal.stride();
        set(at, get(at) + get(read + 4L * i));
      }
    }
  }
}
