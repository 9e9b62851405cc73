package org.quadralib.vector.elementwise;

import java.util.List;
import org.quadralib.backend.Memory;
import org.quadralib.graph.op.UnaryGradient;
import org.quadralib.vector.parallel.WorkerPool;

/** {@code dx = g f'(v)}, where {@code v} is the operand or the result of {@code f}. */
final class UnaryGradientKernel extends FlatKernel {
  private final UnaryGradient op;
  private final float a;

  UnaryGradientKernel(UnaryGradient op, Memory memory, WorkerPool pool) {
    super(pool, memory, List.of(memory.in(0), memory.in(1), memory.out()), 2, 2);
    this.op = op;
    this.a = (float) op.a();
  }

  @Override
  void vectors(long g, long v, long dx, long unused, int count) {
    switch (op.function()) {
      case AFFINE -> UnaryLoops.affine(g, dx, count, a, 0);
      case RELU -> UnaryGradientLoops.relu(g, v, dx, count);
      case LEAKY_RELU -> UnaryGradientLoops.leakyRelu(g, v, dx, count, a);
      case SIGMOID -> UnaryGradientLoops.sigmoid(g, v, dx, count);
      case TANH -> UnaryGradientLoops.tanh(g, v, dx, count);
      case GELU -> UnaryGradientLoops.gelu(g, v, dx, count);
      case SILU -> UnaryGradientLoops.silu(g, v, dx, count);
      case SQUARE -> UnaryGradientLoops.square(g, v, dx, count);
      case SQRT -> UnaryGradientLoops.sqrt(g, v, dx, count);
      case EXP -> UnaryGradientLoops.exp(g, v, dx, count);
      case LOG -> UnaryGradientLoops.log(g, v, dx, count, a);
      case ABS -> UnaryGradientLoops.abs(g, v, dx, count);
      case SOFTPLUS -> UnaryGradientLoops.softplus(g, v, dx, count);
      case RECIPROCAL -> UnaryGradientLoops.reciprocal(g, v, dx, count);
      case SMOOTH_L1 -> UnaryGradientLoops.smoothL1(g, v, dx, count, a);
      case MIN -> UnaryGradientLoops.min(g, v, dx, count, a);
    }
  }
}
