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

/**
 * Stochastic gradient descent with momentum: {@code d = g + λ w; v ← μ v + d; w ← w − η v}, or with
 * Nesterov's look ahead {@code w ← w − η (d + μ v)}.
 */
final class MomentumKernel extends FlatKernel {
  private final SgdUpdate op;
  private final Tensor rate;
  private float step;

  MomentumKernel(SgdUpdate op, Memory memory, WorkerPool pool) {
    super(pool, memory, List.of(memory.in(1), memory.out(0), memory.out(1)), 1, 2);
    this.op = op;
    rate = memory.in(3);
  }

  @Override
  void begin() {
    step = (float) rate.get(0);
  }

  @Override
  void vectors(long g, long w, long v, long unused, int count) {
    float momentum = (float) op.momentum();
    float decay = (float) op.weightDecay();
    if (op.nesterov()) {
      lookAhead(g, w, v, count, step, momentum, decay);
    } else {
      update(g, w, v, count, step, momentum, decay);
    }
  }

  private static void update(
      long gs, long ws, long vs, int count, float step, float momentum, float decay) {
    FloatVector steps = FloatVector.broadcast(Tile.SPECIES, -step);
    FloatVector momenta = FloatVector.broadcast(Tile.SPECIES, momentum);
    FloatVector decays = FloatVector.broadcast(Tile.SPECIES, decay);
    for (int i = 0; i < count; i += Tile.LANES) {
      FloatVector w = load(ws + 4L * i);
      FloatVector d = w.fma(decays, load(gs + 4L * i));
      FloatVector v = load(vs + 4L * i).fma(momenta, d);
      store(v, vs + 4L * i);
      store(v.fma(steps, w), ws + 4L * i);
    }
  }

  private static void lookAhead(
      long gs, long ws, long vs, int count, float step, float momentum, float decay) {
    FloatVector steps = FloatVector.broadcast(Tile.SPECIES, -step);
    FloatVector momenta = FloatVector.broadcast(Tile.SPECIES, momentum);
    FloatVector decays = FloatVector.broadcast(Tile.SPECIES, decay);
    for (int i = 0; i < count; i += Tile.LANES) {
      FloatVector w = load(ws + 4L * i);
      FloatVector d = w.fma(decays, load(gs + 4L * i));
      FloatVector v = load(vs + 4L * i).fma(momenta, d);
      store(v, vs + 4L * i);
      store(v.fma(momenta, d).fma(steps, w), ws + 4L * i);
    }
  }
}
