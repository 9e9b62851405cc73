package org.quadralib.vector.elementwise;

import org.quadralib.backend.Kernel;
import org.quadralib.backend.Memory;
import org.quadralib.graph.op.AdadeltaUpdate;
import org.quadralib.graph.op.AdamUpdate;
import org.quadralib.graph.op.MovingAverage;
import org.quadralib.graph.op.SgdUpdate;
import org.quadralib.graph.op.StateUpdate;
import org.quadralib.vector.parallel.WorkerPool;

/** Updates of state: each reads an element of the state and writes it where it was. */
final class UpdateKernels {
  private UpdateKernels() {}

  static Kernel kernel(StateUpdate op, Memory memory, WorkerPool pool) {
    return switch (op) {
      case MovingAverage average -> new MovingAverageKernel(average, memory, pool);
      case SgdUpdate sgd when sgd.momentum() == 0 -> new SgdKernel(sgd, memory, pool);
      case SgdUpdate sgd -> new MomentumKernel(sgd, memory, pool);
      case AdamUpdate adam -> new AdamKernel(adam, memory, pool);
      case AdadeltaUpdate adadelta -> new AdadeltaKernel(adadelta, memory, pool);
    };
  }
}
