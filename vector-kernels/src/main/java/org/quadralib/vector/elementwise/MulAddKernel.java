package org.quadralib.vector.elementwise;

import static org.quadralib.vector.gemm.Memory.load;
import static org.quadralib.vector.gemm.Memory.store;

import java.util.List;
import org.quadralib.backend.Memory;
import org.quadralib.vector.gemm.Tile;
import org.quadralib.vector.parallel.WorkerPool;

/** {@code x ∘ y + z}, rounded once. */
final class MulAddKernel extends FlatKernel {
  MulAddKernel(Memory memory, WorkerPool pool) {
    super(pool, memory, List.of(memory.in(0), memory.in(1), memory.in(2), memory.out()), 3, 3);
  }

  @Override
  void vectors(long x, long y, long z, long result, int count) {
    mulAdd(x, y, z, result, count);
  }

  private static void mulAdd(long x, long y, long z, long result, int count) {
    for (int i = 0; i < count; i += Tile.LANES) {
      store(load(x + 4L * i).fma(load(y + 4L * i), load(z + 4L * i)), result + 4L * i);
    }
  }
}
