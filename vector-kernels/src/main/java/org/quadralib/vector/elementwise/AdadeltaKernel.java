package org.quadralib.vector.elementwise;

import static org.quadralib.vector.gemm.Memory.load;
import static org.quadralib.vector.gemm.Memory.store;

import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import org.quadralib.backend.Memory;
import org.quadralib.graph.op.AdadeltaUpdate;
import org.quadralib.tensor.Tensor;
import org.quadralib.vector.gemm.Tile;
import org.quadralib.vector.parallel.WorkerPool;

/** Adadelta. */
final class AdadeltaKernel extends FlatKernel {
  private final Tensor rate;
  private final float rho;
  private final float rest;
  private final float epsilon;
  private final float decay;
  private float step;

  AdadeltaKernel(AdadeltaUpdate op, Memory memory, WorkerPool pool) {
    super(pool, memory, List.of(memory.in(1), memory.out(0), memory.out(1), memory.out(2)), 1, 3);
    rate = memory.in(4);
    rho = (float) op.rho();
    rest = (float) (1 - op.rho());
    epsilon = (float) op.epsilon();
    decay = (float) op.weightDecay();
  }

  @Override
  void begin() {
    step = (float) rate.get(0);
  }

  @Override
  void vectors(long gs, long ws, long ss, long us, int count) {
    FloatVector steps = FloatVector.broadcast(Tile.SPECIES, -step);
    FloatVector decays = FloatVector.broadcast(Tile.SPECIES, decay);
    FloatVector keep = FloatVector.broadcast(Tile.SPECIES, rho);
    float take = rest;
    float least = epsilon;
    for (int i = 0; i < count; i += Tile.LANES) {
      FloatVector w = load(ws + 4L * i);
      FloatVector d = w.fma(decays, load(gs + 4L * i));
      FloatVector s = load(ss + 4L * i).fma(keep, d.mul(d).mul(take));
      FloatVector u = load(us + 4L * i);
      FloatVector ratio = u.add(least).div(s.add(least));
      FloatVector delta = ratio.lanewise(VectorOperators.SQRT).mul(d);
      store(s, ss + 4L * i);
      store(u.fma(keep, delta.mul(delta).mul(take)), us + 4L * i);
      store(delta.fma(steps, w), ws + 4L * i);
    }
  }
}
