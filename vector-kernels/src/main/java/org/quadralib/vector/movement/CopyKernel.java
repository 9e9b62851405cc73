package org.quadralib.vector.movement;

import org.quadralib.backend.Kernel;
import org.quadralib.tensor.Tensor;
import org.quadralib.vector.loop.Floats;
import org.quadralib.vector.loop.RowTiles;
import org.quadralib.vector.parallel.ParallelTask;
import org.quadralib.vector.parallel.WorkerPool;

/** Copies rows of one length from one matrix to another; row strides are in elements. */
public final class CopyKernel implements Kernel, ParallelTask {
  private final WorkerPool pool;
  private final long from;
  private final long fromStride;
  private final long to;
  private final long toStride;
  private final RowTiles tiles;

  /** Copies all of a tensor to another of as many elements. */
  public CopyKernel(Tensor from, Tensor to, WorkerPool pool) {
    this(pool, Floats.address(from), 0, Floats.address(to), 0, 1, Math.toIntExact(to.elements()));
  }

  CopyKernel(
      WorkerPool pool, long from, long fromStride, long to, long toStride, int rows, int length) {
    this.pool = pool;
    this.from = from;
    this.fromStride = fromStride;
    this.to = to;
    this.toStride = toStride;
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
      Floats.copy(from + 4 * (row * fromStride + first), to + 4 * (row * toStride + first), count);
    }
  }
}
