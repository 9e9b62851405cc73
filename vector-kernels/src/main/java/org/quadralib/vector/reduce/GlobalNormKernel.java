package org.quadralib.vector.reduce;

import static org.quadralib.vector.gemm.Memory.get;
import static org.quadralib.vector.gemm.Memory.load;

import java.util.List;
import jdk.incubator.vector.FloatVector;
import org.quadralib.backend.Kernel;
import org.quadralib.backend.Memory;
import org.quadralib.tensor.Tensor;
import org.quadralib.vector.gemm.Tile;
import org.quadralib.vector.loop.Floats;
import org.quadralib.vector.loop.Lanes;
import org.quadralib.vector.parallel.ParallelTask;
import org.quadralib.vector.parallel.WorkerPool;

/** Euclidean norm of all operands taken as one vector. */
public final class GlobalNormKernel implements Kernel, ParallelTask {
  private static final int LANES = Tile.LANES;
  private static final int TILE = 1 << 14;
  private static final int BLOCK = 1024;

  private final WorkerPool pool;
  private final Tensor norm;
  // For each task: where its floats begin, how many there are, and the sum of their squares.
  private final long[] from;
  private final int[] count;
  private final double[] squares;

  /** A kernel bound to its memory. */
  public GlobalNormKernel(Memory memory, WorkerPool pool) {
    this.pool = pool;
    norm = memory.out();
    int tasks = memory.inputs().stream().mapToInt(GlobalNormKernel::tasks).sum();
    from = new long[tasks];
    count = new int[tasks];
    squares = new double[tasks];
    cut(memory.inputs());
  }

  private static int tasks(Tensor x) {
    return Math.toIntExact(Math.ceilDiv(x.elements(), (long) TILE));
  }

  private void cut(List<Tensor> operands) {
    int task = 0;
    for (Tensor x : operands) {
      for (long first = 0; first < x.elements(); first += TILE) {
        from[task] = Floats.address(x) + 4 * first;
        count[task] = (int) Math.min(TILE, x.elements() - first);
        task++;
      }
    }
  }

  @Override
  public void run() {
    pool.parallelFor(squares.length, this);
    double sum = 0;
    for (double square : squares) {
      sum += square;
    }
    norm.set(0, Math.sqrt(sum));
  }

  @Override
  public void run(int task, int worker) {
    double sum = 0;
    for (int i = 0; i < count[task]; i += BLOCK) {
      int length = Math.min(BLOCK, count[task] - i);
      float block = squares(from[task] + 4L * i, length);
      // Squares of floats that are themselves in range may be too large or too small for floats.
      boolean exact = block > 1e-24f && block < Float.POSITIVE_INFINITY;
      sum += exact ? block : widened(from[task] + 4L * i, length);
    }
    squares[task] = sum;
  }

  private static float squares(long x, int count) {
    FloatVector a = FloatVector.zero(Tile.SPECIES);
    FloatVector b = a;
    int i = 0;
    for (; i <= count - 2 * LANES; i += 2 * LANES) {
      FloatVector v = load(x + 4L * i);
      FloatVector w = load(x + 4L * i + 4L * LANES);
      a = v.fma(v, a);
      b = w.fma(w, b);
    }
    float rest = 0;
    for (; i < count; i++) {
      rest += get(x + 4L * i) * get(x + 4L * i);
    }
    return Lanes.sum(a.add(b)) + rest;
  }

  private static double widened(long x, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      double value = get(x + 4L * i);
      sum += value * value;
    }
    return sum;
  }
}
