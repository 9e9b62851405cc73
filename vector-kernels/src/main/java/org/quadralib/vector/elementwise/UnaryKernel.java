package org.quadralib.vector.elementwise;

import java.util.List;
import org.quadralib.backend.Memory;
import org.quadralib.graph.op.Unary;
import org.quadralib.vector.parallel.WorkerPool;

/** {@code y = f(x)}. */
final class UnaryKernel extends FlatKernel {
  private final Unary op;
  private final float a;
  private final float b;

  UnaryKernel(Unary op, Memory memory, WorkerPool pool) {
    super(pool, memory, List.of(memory.in(0), memory.out()), 1, 1);
    this.op = op;
    this.a = (float) op.a();
    this.b = (float) op.b();
  }

  @Override
  void vectors(long x, long y, long unused, long unused2, int count) {
    switch (op.function()) {
      case AFFINE -> UnaryLoops.affine(x, y, count, a, b);
      case RELU -> UnaryLoops.relu(x, y, count);
      case LEAKY_RELU -> UnaryLoops.leakyRelu(x, y, count, a);
      case SIGMOID -> UnaryLoops.sigmoid(x, y, count);
      case TANH -> UnaryLoops.tanh(x, y, count);
      case GELU -> UnaryLoops.gelu(x, y, count);
      case SILU -> UnaryLoops.silu(x, y, count);
      case SQUARE -> UnaryLoops.square(x, y, count);
      case SQRT -> UnaryLoops.sqrt(x, y, count);
      case EXP -> UnaryLoops.exp(x, y, count);
      case LOG -> UnaryLoops.log(x, y, count, a);
      case ABS -> UnaryLoops.abs(x, y, count);
      case SOFTPLUS -> UnaryLoops.softplus(x, y, count);
      case RECIPROCAL -> UnaryLoops.reciprocal(x, y, count);
      case SMOOTH_L1 -> UnaryLoops.smoothL1(x, y, count, a);
      case MIN -> UnaryLoops.min(x, y, count, a);
    }
  }
}
