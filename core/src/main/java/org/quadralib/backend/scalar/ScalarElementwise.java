package org.quadralib.backend.scalar;

import org.quadralib.backend.Kernel;
import org.quadralib.backend.Memory;
import org.quadralib.graph.op.Binary;
import org.quadralib.graph.op.Dropout;
import org.quadralib.graph.op.Elementwise;
import org.quadralib.graph.op.MulAdd;
import org.quadralib.graph.op.Unary;
import org.quadralib.graph.op.UnaryGradient;
import org.quadralib.random.Philox;
import org.quadralib.tensor.Tensor;

/** Element-wise operations. */
final class ScalarElementwise {
  private ScalarElementwise() {}

  static Kernel kernel(Elementwise op, Memory m) {
    return switch (op) {
      case Unary unary -> () -> unary(unary, m.in(0), m.out());
      case UnaryGradient gradient -> () -> gradient(gradient, m.in(0), m.in(1), m.out());
      case Binary binary -> () -> binary(binary.function(), m.in(0), m.in(1), m.out());
      case MulAdd mulAdd -> () -> mulAdd(m.in(0), m.in(1), m.in(2), m.out());
      case Dropout dropout -> () -> dropout(dropout, m.in(0), m.in(1), m.out());
    };
  }

  private static void unary(Unary op, Tensor x, Tensor y) {
    for (long i = 0; i < y.elements(); i++) {
      y.set(i, ScalarFunctions.value(op.function(), x.get(i), op.a(), op.b()));
    }
  }

  private static void gradient(UnaryGradient op, Tensor g, Tensor v, Tensor dx) {
    for (long i = 0; i < dx.elements(); i++) {
      dx.set(i, g.get(i) * ScalarFunctions.derivative(op.function(), v.get(i), op.a()));
    }
  }

  private static void binary(Binary.Function function, Tensor x, Tensor y, Tensor z) {
    BroadcastIndex xIndex = new BroadcastIndex(x.shape(), z.shape());
    BroadcastIndex yIndex = new BroadcastIndex(y.shape(), z.shape());
    for (long i = 0; i < z.elements(); i++) {
      double a = x.get(xIndex.of(i));
      double b = y.get(yIndex.of(i));
      z.set(
          i,
          switch (function) {
            case ADD -> a + b;
            case SUB -> a - b;
            case MUL -> a * b;
          });
    }
  }

  private static void mulAdd(Tensor x, Tensor y, Tensor z, Tensor result) {
    for (long i = 0; i < result.elements(); i++) {
      result.set(i, x.get(i) * y.get(i) + z.get(i));
    }
  }

  private static void dropout(Dropout op, Tensor x, Tensor counter, Tensor y) {
    long seed = counter.getLong(0);
    long step = counter.getLong(1);
    int[] words = new int[4];
    for (long i = 0; i < y.elements(); i++) {
      if (i % 4 == 0) {
        Philox.block(seed + op.stream(), step, i / 4, words);
      }
      boolean kept = Philox.uniform(words[(int) (i % 4)]) >= op.rate();
      y.set(i, kept ? x.get(i) / (1 - op.rate()) : 0);
    }
  }
}
