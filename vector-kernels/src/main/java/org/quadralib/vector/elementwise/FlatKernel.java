package org.quadralib.vector.elementwise;

import java.util.List;
import org.quadralib.backend.Kernel;
import org.quadralib.backend.Memory;
import org.quadralib.plan.Workspace;
import org.quadralib.tensor.Tensor;
import org.quadralib.vector.gemm.Tile;
import org.quadralib.vector.loop.Floats;
import org.quadralib.vector.parallel.ParallelTask;
import org.quadralib.vector.parallel.WorkerPool;

/**
 * Runs a loop over whole vectors on operands of one shape, tile by tile. The elements that do not
 * fill a vector are brought to scratch memory that does, so that a subclass writes its formula
 * once.
 */
abstract class FlatKernel implements Kernel, ParallelTask {
  /** Elements of a tile; what has fewer runs on the calling thread. */
  static final int TILE = 1 << 14;

  /** Most operands and results together that a subclass may have. */
  private static final int SLOTS = 4;

  private static final int LANES = Tile.LANES;

  private final WorkerPool pool;
  private final long elements;
  private final int used;
  private final int firstWritten;
  private final int lastWritten;
  private final long[] slots = new long[SLOTS];
  private final long scratch;

  /**
   * Binds operands and results.
   *
   * @param slots tensors of one shape; those in {@code [firstWritten, lastWritten]} are results
   */
  FlatKernel(
      WorkerPool pool, Memory memory, List<Tensor> slots, int firstWritten, int lastWritten) {
    this.pool = pool;
    this.elements = slots.getFirst().elements();
    this.used = slots.size();
    this.firstWritten = firstWritten;
    this.lastWritten = lastWritten;
    for (int i = 0; i < used; i++) {
      this.slots[i] = Floats.address(slots.get(i));
    }
    this.scratch = memory.scratch().address();
  }

  /** Scratch memory that a kernel on this many elements needs. */
  static Workspace workspace(long elements) {
    return elements % LANES == 0 ? Workspace.NONE : new Workspace(4L * LANES * SLOTS, List.of());
  }

  /**
   * Computes whole vectors.
   *
   * @param a address of the first slot, and so on; the address of an unused slot means nothing
   * @param count a multiple of the lanes
   */
  abstract void vectors(long a, long b, long c, long d, int count);

  /** Reads what changes from run to run, before the first tile. */
  void begin() {}

  @Override
  public void run() {
    begin();
    pool.parallelFor((int) Math.ceilDiv(elements, (long) TILE), this);
  }

  @Override
  public void run(int task, int worker) {
    long offset = 4L * TILE * task;
    int count = (int) Math.min(TILE, elements - (long) TILE * task);
    int whole = count - count % LANES;
    vectors(slots[0] + offset, slots[1] + offset, slots[2] + offset, slots[3] + offset, whole);
    if (whole < count) {
      tail(offset + 4L * whole, count - whole);
    }
  }

  private void tail(long offset, int count) {
    for (int i = 0; i < used; i++) {
      Floats.copy(slots[i] + offset, scratch(i), count);
    }
    vectors(scratch(0), scratch(1), scratch(2), scratch(3), LANES);
    for (int i = firstWritten; i <= lastWritten; i++) {
      Floats.copy(scratch(i), slots[i] + offset, count);
    }
  }

  private long scratch(int slot) {
    return scratch + 4L * LANES * slot;
  }
}
