package org.quadralib.vector.elementwise;

import static org.quadralib.vector.gemm.Memory.load;
import static org.quadralib.vector.gemm.Memory.store;

import java.util.List;
import org.quadralib.backend.Memory;
import org.quadralib.graph.op.MovingAverage;
import org.quadralib.vector.gemm.Tile;
import org.quadralib.vector.parallel.WorkerPool;

/** {@code running ← (1 − momentum)·running + momentum·correction·batch}. */
final class MovingAverageKernel extends FlatKernel {
  private final float keep;
  private final float take;

  MovingAverageKernel(MovingAverage op, Memory memory, WorkerPool pool) {
    super(pool, memory, List.of(memory.in(1), memory.out()), 1, 1);
    keep = (float) (1 - op.momentum());
    take = (float) (op.momentum() * op.correction());
  }

  @Override
  void vectors(long batch, long running, long unused, long unused2, int count) {
    average(batch, running, count, keep, take);
  }

  private static void average(long batch, long running, int count, float keep, float take) {
    for (int i = 0; i < count; i += Tile.LANES) {
      store(load(running + 4L * i).mul(keep).add(load(batch + 4L * i).mul(take)), running + 4L * i);
    }
  }
}
