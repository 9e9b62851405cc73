package org.quadralib.vector.elementwise;

import static org.quadralib.vector.gemm.Memory.load;
import static org.quadralib.vector.gemm.Memory.store;

import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import org.quadralib.backend.Memory;
import org.quadralib.graph.op.AdamUpdate;
import org.quadralib.tensor.Tensor;
import org.quadralib.vector.gemm.Tile;
import org.quadralib.vector.parallel.WorkerPool;

/** Adam and AdamW. */
final class AdamKernel extends FlatKernel {
  private final Tensor stepSizes;
  private final double weightDecay;
  private final boolean decoupled;
  private final float beta1;
  private final float beta2;
  private final float rest1;
  private final float rest2;
  private final float epsilon;

  // What multiplies the weight first, is added to the gradient per weight, and scales the moments.
  private float shrink;
  private float decay;
  private float step;
  private float correction;

  AdamKernel(AdamUpdate op, Memory memory, WorkerPool pool) {
    super(pool, memory, List.of(memory.in(1), memory.out(0), memory.out(1), memory.out(2)), 1, 3);
    stepSizes = memory.in(4);
    weightDecay = op.weightDecay();
    decoupled = op.decoupled();
    beta1 = (float) op.beta1();
    beta2 = (float) op.beta2();
    rest1 = (float) (1 - op.beta1());
    rest2 = (float) (1 - op.beta2());
    epsilon = (float) op.epsilon();
  }

  @Override
  void begin() {
    double rate = stepSizes.get(0);
    shrink = decoupled ? (float) (1 - rate * weightDecay) : 1f;
    decay = decoupled ? 0f : (float) weightDecay;
    step = (float) (rate / stepSizes.get(1));
    correction = (float) (1 / stepSizes.get(2));
  }

  @Override
  void vectors(long gs, long ws, long ms, long vs, int count) {
    FloatVector steps = FloatVector.broadcast(Tile.SPECIES, -step);
    FloatVector decays = FloatVector.broadcast(Tile.SPECIES, decay);
    FloatVector keep1 = FloatVector.broadcast(Tile.SPECIES, beta1);
    FloatVector keep2 = FloatVector.broadcast(Tile.SPECIES, beta2);
    float take1 = rest1;
    float take2 = rest2;
    float correct = correction;
    float least = epsilon;
    float factor = shrink;
    for (int i = 0; i < count; i += Tile.LANES) {
      FloatVector w = load(ws + 4L * i);
      FloatVector g = w.fma(decays, load(gs + 4L * i));
      FloatVector m = load(ms + 4L * i).fma(keep1, g.mul(take1));
      FloatVector v = load(vs + 4L * i).fma(keep2, g.mul(g).mul(take2));
      store(m, ms + 4L * i);
      store(v, vs + 4L * i);
      FloatVector denominator = v.mul(correct).lanewise(VectorOperators.SQRT).add(least);
      store(m.div(denominator).fma(steps, w.mul(factor)), ws + 4L * i);
    }
  }
}
