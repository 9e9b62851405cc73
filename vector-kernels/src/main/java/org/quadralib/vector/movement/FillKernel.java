package org.quadralib.vector.movement;

import org.quadralib.backend.Kernel;
import org.quadralib.tensor.Tensor;
import org.quadralib.vector.loop.Floats;
import org.quadralib.vector.loop.RowTiles;
import org.quadralib.vector.parallel.ParallelTask;
import org.quadralib.vector.parallel.WorkerPool;

/** Sets rows of one length in a matrix; the row stride is in elements. */
public final class FillKernel implements Kernel, ParallelTask {
  private final WorkerPool pool;
  private final float value;
  private final long to;
  private final long stride;
  private final RowTiles tiles;

  /** Fills a whole tensor. */
  public FillKernel(double value, Tensor to, WorkerPool pool) {
    this(pool, (float) value, Floats.address(to), 0, 1, Math.toIntExact(to.elements()));
  }

  FillKernel(WorkerPool pool, float value, long to, long stride, long rows, int length) {
    this.pool = pool;
    this.value = value;
    this.to = to;
    this.stride = stride;
    tiles = RowTiles.of(rows, length);
  }

  @Override
  public void run() {
    pool.parallelFor(tiles.tasks(), this);
  }

  @Override
  public void run(int task, int worker) {
    int first = tiles.firstElement(task);
    int count = tiles.elements(task);
    for (long row = tiles.firstRow(task); row < tiles.endRow(task); row++) {
      Floats.fill(to + 4 * (row * stride + first), count, value);
    }
  }
}
