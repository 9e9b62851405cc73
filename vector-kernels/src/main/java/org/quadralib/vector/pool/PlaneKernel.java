package org.quadralib.vector.pool;

import org.quadralib.backend.Kernel;
import org.quadralib.graph.op.Window;
import org.quadralib.tensor.Shape;
import org.quadralib.vector.loop.RowTiles;
import org.quadralib.vector.loop.WindowAxis;
import org.quadralib.vector.parallel.ParallelTask;
import org.quadralib.vector.parallel.WorkerPool;

/** Does something to each plane {@code [h, w]} of a stack of images; a task has whole planes. */
abstract class PlaneKernel implements Kernel, ParallelTask {
  final WindowAxis vertical;
  final WindowAxis horizontal;

  private final WorkerPool pool;
  private final RowTiles tiles;

  /**
   * Cuts a stack of images.
   *
   * @param image shape of the larger images {@code [n, c, h, w]}
   */
  PlaneKernel(WorkerPool pool, Window window, Shape image) {
    this.pool = pool;
    vertical = WindowAxis.vertical(window, image.dim(2));
    horizontal = WindowAxis.horizontal(window, image.dim(3));
    tiles = RowTiles.whole(image.span(0, 2), vertical.extent() * horizontal.extent());
  }

  /** Handles one plane. */
  abstract void plane(long plane, int worker);

  /** Handles the planes of a task, one by one unless they are better walked as one run. */
  void planes(long first, long end, int worker) {
    for (long plane = first; plane < end; plane++) {
      plane(plane, worker);
    }
  }

  /** Whether each 2×2 pixels go to one result. */
  final boolean pairs() {
    return vertical.pairs() && horizontal.pairs();
  }

  /** Bytes of a plane of the larger images. */
  final long imageBytes() {
    return 4L * vertical.extent() * horizontal.extent();
  }

  /** Bytes of a plane of the pooled images. */
  final long pooledBytes() {
    return 4L * vertical.outputs() * horizontal.outputs();
  }

  @Override
  public final void run() {
    pool.parallelFor(tiles.tasks(), this);
  }

  @Override
  public final void run(int task, int worker) {
    planes(tiles.firstRow(task), tiles.endRow(task), worker);
  }
}
