package org.quadralib.vector.movement;

import static org.quadralib.vector.gemm.Memory.get;

import org.quadralib.backend.Kernel;
import org.quadralib.backend.Memory;
import org.quadralib.vector.loop.Floats;
import org.quadralib.vector.loop.RowTiles;
import org.quadralib.vector.loop.StridedRows;
import org.quadralib.vector.parallel.ParallelTask;
import org.quadralib.vector.parallel.WorkerPool;

/** Repeats an operand until it has a larger shape. */
public final class BroadcastKernel implements Kernel, ParallelTask {
  private final WorkerPool pool;
  private final StridedRows rows;
  private final RowTiles tiles;
  private final long x;
  private final long y;

  /** A kernel bound to its memory. */
  public BroadcastKernel(Memory memory, WorkerPool pool) {
    this.pool = pool;
    rows = new StridedRows(memory.out().shape(), memory.in(0).shape());
    tiles = RowTiles.of(rows.rows(), rows.length());
    x = Floats.address(memory.in(0));
    y = Floats.address(memory.out());
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
      long from = x + 4 * rows.start(0, row);
      long to = y + 4 * (row * rows.length() + first);
      if (rows.moves(0)) {
        Floats.copy(from + 4L * first, to, count);
      } else {
        Floats.fill(to, count, get(from));
      }
    }
  }
}
