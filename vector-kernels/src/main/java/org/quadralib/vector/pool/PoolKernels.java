package org.quadralib.vector.pool;

import java.util.List;
import org.quadralib.backend.Kernel;
import org.quadralib.backend.Memory;
import org.quadralib.graph.op.AvgPool2d;
import org.quadralib.graph.op.AvgPool2dGradient;
import org.quadralib.graph.op.MaxPool2d;
import org.quadralib.graph.op.MaxPool2dGradient;
import org.quadralib.plan.Workspace;
import org.quadralib.tensor.Shape;
import org.quadralib.vector.parallel.WorkerPool;

/** Makes the kernels of this package. */
public final class PoolKernels {
  private PoolKernels() {}

  /** Largest values. */
  public static Kernel max(MaxPool2d op, Memory memory, WorkerPool pool) {
    return new MaxPoolKernel(op.window(), memory, pool);
  }

  /** Their gradient. */
  public static Kernel maxGradient(MaxPool2dGradient op, Memory memory, WorkerPool pool) {
    return new MaxPoolGradientKernel(op.window(), memory, pool);
  }

  /** Means. */
  public static Kernel average(AvgPool2d op, Memory memory, WorkerPool pool) {
    return new AvgPoolKernel(op, memory, pool);
  }

  /** Their gradient. */
  public static Kernel averageGradient(AvgPool2dGradient op, Memory memory, WorkerPool pool) {
    return new AvgPoolGradientKernel(op, memory, pool);
  }

  /** A row of weighted gradients for each thread. */
  public static Workspace workspace(AvgPool2dGradient op, Shape gradient, int threads) {
    return new Workspace(4L * threads * gradient.dim(3), List.of());
  }
}
