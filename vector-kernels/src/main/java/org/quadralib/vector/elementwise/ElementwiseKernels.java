package org.quadralib.vector.elementwise;

import java.util.List;
import org.quadralib.backend.Kernel;
import org.quadralib.backend.Memory;
import org.quadralib.graph.op.Binary;
import org.quadralib.graph.op.Dropout;
import org.quadralib.graph.op.Elementwise;
import org.quadralib.graph.op.MulAdd;
import org.quadralib.graph.op.StateUpdate;
import org.quadralib.graph.op.Unary;
import org.quadralib.graph.op.UnaryGradient;
import org.quadralib.plan.Workspace;
import org.quadralib.tensor.TensorType;
import org.quadralib.vector.parallel.WorkerPool;

/** Makes the kernels of this package. */
public final class ElementwiseKernels {
  private ElementwiseKernels() {}

  /** A kernel bound to its memory. */
  public static Kernel kernel(Elementwise op, Memory memory, WorkerPool pool) {
    return switch (op) {
      case Unary unary -> new UnaryKernel(unary, memory, pool);
      case UnaryGradient gradient -> new UnaryGradientKernel(gradient, memory, pool);
      case Binary binary -> new BinaryKernel(binary, memory, pool);
      case MulAdd mulAdd -> new MulAddKernel(memory, pool);
      case Dropout dropout -> new DropoutKernel(dropout, memory, pool);
    };
  }

  /** A kernel bound to its memory. */
  public static Kernel kernel(StateUpdate op, Memory memory, WorkerPool pool) {
    return UpdateKernels.kernel(op, memory, pool);
  }

  /** Scratch memory of an operation on these operands. */
  public static Workspace workspace(Elementwise op, List<TensorType> operands) {
    return switch (op) {
      case Unary unary -> FlatKernel.workspace(operands.getFirst().shape().elements());
      case UnaryGradient gradient -> FlatKernel.workspace(operands.getFirst().shape().elements());
      case MulAdd mulAdd -> FlatKernel.workspace(operands.getFirst().shape().elements());
      case Binary binary -> Workspace.NONE;
      case Dropout dropout -> Workspace.NONE;
    };
  }

  /** Scratch memory of an operation on these operands. */
  public static Workspace workspace(StateUpdate op, List<TensorType> operands) {
    return FlatKernel.workspace(operands.getFirst().shape().elements());
  }
}
