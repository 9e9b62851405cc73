package org.quadralib.vector.elementwise;

import static org.quadralib.vector.gemm.Memory.get;
import static org.quadralib.vector.gemm.Memory.set;

import org.quadralib.backend.Kernel;
import org.quadralib.backend.Memory;
import org.quadralib.graph.op.Dropout;
import org.quadralib.random.Philox;
import org.quadralib.tensor.Tensor;
import org.quadralib.vector.loop.Floats;
import org.quadralib.vector.parallel.ParallelTask;
import org.quadralib.vector.parallel.WorkerPool;

/** Dropout with the mask of {@link Philox}, the same on every backend. */
final class DropoutKernel implements Kernel, ParallelTask {
  private static final int TILE = 1 << 14;

  private final WorkerPool pool;
  private final long stream;
  private final int threshold;
  private final float scale;
  private final Tensor counter;
  private final long x;
  private final long y;
  private final long elements;
  private final int[][] words;
  private long key;
  private long step;

  DropoutKernel(Dropout op, Memory memory, WorkerPool pool) {
    this.pool = pool;
    stream = op.stream();
    // A word's upper 24 bits as a fraction are at least the rate if they are at least this.
    threshold = (int) Math.ceil(op.rate() * (1 << 24));
    scale = (float) (1 / (1 - op.rate()));
    counter = memory.in(1);
    x = Floats.address(memory.in(0));
    y = Floats.address(memory.out());
    elements = memory.out().elements();
    words = new int[pool.threads()][4];
  }

  @Override
  public void run() {
    key = counter.getLong(0) + stream;
    step = counter.getLong(1);
    pool.parallelFor((int) Math.ceilDiv(elements, (long) TILE), this);
  }

  @Override
  public void run(int task, int worker) {
    int[] block = words[worker];
    long first = (long) task * TILE;
    int count = (int) Math.min(TILE, elements - first);
    for (int i = 0; i < count; i++) {
      if (i % 4 == 0) {
        Philox.block(key, step, (first + i) / 4, block);
      }
      long at = 4 * (first + i);
      boolean kept = block[i % 4] >>> 8 >= threshold;
      set(y + at, kept ? get(x + at) * scale : 0f);
    }
  }
}
