package org.quadralib.vector.loss;

import static org.quadralib.vector.gemm.Memory.load;
import static org.quadralib.vector.gemm.Memory.store;

import java.util.List;
import jdk.incubator.vector.FloatVector;
import org.quadralib.backend.Kernel;
import org.quadralib.backend.Memory;
import org.quadralib.graph.op.Softmax;
import org.quadralib.plan.Workspace;
import org.quadralib.tensor.Shape;
import org.quadralib.vector.gemm.Tile;
import org.quadralib.vector.loop.Floats;
import org.quadralib.vector.loop.Lanes;
import org.quadralib.vector.loop.RowTiles;
import org.quadralib.vector.math.VectorMath;
import org.quadralib.vector.parallel.ParallelTask;
import org.quadralib.vector.parallel.WorkerPool;

/**
 * Softmax and its logarithm over the last axis. Rows are copied to scratch memory and filled up to
 * whole vectors with −∞, which adds nothing to the sum.
 */
public final class SoftmaxKernel implements Kernel, ParallelTask {
  private static final int LANES = Tile.LANES;

  /** Floats summed in single precision before they are added up in double precision. */
  private static final int BLOCK = 1024;

  private final WorkerPool pool;
  private final boolean log;
  private final int classes;
  private final RowTiles tiles;
  private final long x;
  private final long y;
  private final long scratch;

  /** A kernel bound to its memory. */
  public SoftmaxKernel(Softmax op, Memory memory, WorkerPool pool) {
    this.pool = pool;
    log = op.log();
    classes = memory.in(0).shape().dim(-1);
    tiles = RowTiles.whole(memory.in(0).elements() / Math.max(classes, 1), classes);
    x = Floats.address(memory.in(0));
    y = Floats.address(memory.out());
    scratch = memory.scratch().address();
  }

  /** A row for each thread. */
  public static Workspace workspace(Shape x, int threads) {
    return new Workspace(4L * threads * Tile.roundUp(x.dim(-1), LANES), List.of());
  }

  @Override
  public void run() {
    pool.parallelFor(tiles.tasks(), this);
  }

  @Override
  public void run(int task, int worker) {
    int padded = Tile.roundUp(classes, LANES);
    long row = scratch + 4L * worker * padded;
    for (long n = tiles.firstRow(task); n < tiles.endRow(task); n++) {
      Floats.copy(x + 4 * n * classes, row, classes);
      Floats.fill(row + 4L * classes, padded - classes, Float.NEGATIVE_INFINITY);
      float max = max(row, padded);
      double sum = 0;
      for (int i = 0; i < padded; i += BLOCK) {
        sum += exponentials(row + 4L * i, Math.min(BLOCK, padded - i), max, !log);
      }
      if (log) {
        subtract(row, padded, max, (float) Math.log(sum));
      } else {
        multiply(row, padded, (float) (1 / sum));
      }
      Floats.copy(row, y + 4 * n * classes, classes);
    }
  }

  private static float max(long row, int count) {
    FloatVector max = load(row);
    for (int i = LANES; i < count; i += LANES) {
      max = max.max(load(row + 4L * i));
    }
    return Lanes.max(max);
  }

  /** Sum of {@code e^(x − max)}, which also replaces {@code x} if asked for. */
  private static float exponentials(long row, int count, float max, boolean keep) {
    FloatVector sum = FloatVector.zero(Tile.SPECIES);
    for (int i = 0; i < count; i += LANES) {
      FloatVector e = VectorMath.exp(load(row + 4L * i).sub(max));
      sum = sum.add(e);
      if (keep) {
        store(e, row + 4L * i);
      }
    }
    return Lanes.sum(sum);
  }

  private static void subtract(long row, int count, float max, float logSum) {
    for (int i = 0; i < count; i += LANES) {
      store(load(row + 4L * i).sub(max).sub(logSum), row + 4L * i);
    }
  }

  private static void multiply(long row, int count, float factor) {
    for (int i = 0; i < count; i += LANES) {
      store(load(row + 4L * i).mul(factor), row + 4L * i);
    }
  }
}
