package org.quadralib.vector.elementwise;

import static org.quadralib.vector.gemm.Memory.load;
import static org.quadralib.vector.gemm.Memory.store;

import java.util.List;
import jdk.incubator.vector.FloatVector;
import org.quadralib.backend.Memory;
import org.quadralib.graph.op.SgdUpdate;
import org.quadralib.tensor.Tensor;
import org.quadralib.vector.gemm.Tile;
import org.quadralib.vector.parallel.WorkerPool;

/** Stochastic gradient descent without momentum: {@code w ← w − η (g + λ w)}. */
final class SgdKernel extends FlatKernel {
  private final Tensor rate;
  private final float decay;
  private float step;

  SgdKernel(SgdUpdate op, Memory memory, WorkerPool pool) {
    super(pool, memory, List.of(memory.in(1), memory.out()), 1, 1);
    rate = memory.in(2);
    decay = (float) op.weightDecay();
  }

  @Override
  void begin() {
    step = (float) rate.get(0);
  }

  @Override
  void vectors(long g, long w, long unused, long unused2, int count) {
    update(g, w, count, step, decay);
  }

  private static void update(long g, long w, int count, float step, float decay) {
    FloatVector steps = FloatVector.broadcast(Tile.SPECIES, -step);
    FloatVector decays = FloatVector.broadcast(Tile.SPECIES, decay);
    for (int i = 0; i < count; i += Tile.LANES) {
      FloatVector weight = load(w + 4L * i);
      FloatVector d = weight.fma(decays, load(g + 4L * i));
      store(d.fma(steps, weight), w + 4L * i);
    }
  }
}
