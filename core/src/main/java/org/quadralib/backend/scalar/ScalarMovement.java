package org.quadralib.backend.scalar;

import org.quadralib.backend.Kernel;
import org.quadralib.backend.Memory;
import org.quadralib.graph.op.Concat;
import org.quadralib.graph.op.Pad;
import org.quadralib.graph.op.Slice;
import org.quadralib.graph.op.Transpose;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.Tensor;

/** Sums, repetitions, permutations and parts. */
final class ScalarMovement {
  private ScalarMovement() {}

  /** Each sum is gathered whole, in row-major order, so that it is rounded once. */
  static Kernel sum(Memory m) {
    int[] extents = m.in(0).shape().dims();
    long[] strides = m.in(0).shape().strides();
    Shape kept = m.out().shape();
    int rank = extents.length;
    return () -> {
      int[] position = new int[rank];
      for (long o = 0; o < m.out().elements(); o++) {
        long rest = o;
        long start = 0;
        for (int axis = rank - 1; axis >= 0; axis--) {
          start += rest % kept.dim(axis) * strides[axis];
          rest /= kept.dim(axis);
          position[axis] = 0;
        }
        double sum = 0;
        int axis;
        do {
          long at = start;
          for (int a = 0; a < rank; a++) {
            at += position[a] * strides[a];
          }
          sum += m.in(0).get(at);
          for (axis = rank - 1; axis >= 0; axis--) {
            if (kept.dim(axis) == 1 && ++position[axis] < extents[axis]) {
              break;
            }
            position[axis] = 0;
          }
        } while (axis >= 0);
        m.out().set(o, sum);
      }
    };
  }

  static Kernel broadcast(Memory m) {
    BroadcastIndex index = new BroadcastIndex(m.in(0).shape(), m.out().shape());
    return () -> {
      for (long i = 0; i < m.out().elements(); i++) {
        m.out().set(i, m.in(0).get(index.of(i)));
      }
    };
  }

  static Kernel transpose(Transpose op, Memory m) {
    long[] strides = m.in(0).shape().strides();
    long[] permuted = op.axes().stream().mapToLong(axis -> strides[axis]).toArray();
    int[] extents = m.out().shape().dims();
    return () -> {
      for (long i = 0; i < m.out().elements(); i++) {
        long rest = i;
        long source = 0;
        for (int axis = extents.length - 1; axis >= 0; axis--) {
          source += rest % extents[axis] * permuted[axis];
          rest /= extents[axis];
        }
        m.out().set(i, m.in(0).get(source));
      }
    };
  }

  static Kernel concat(Concat op, Memory m) {
    return () -> {
      int from = 0;
      for (Tensor part : m.inputs()) {
        copyRange(part, 0, m.out(), from, part.shape().dim(op.axis()), op.axis());
        from += part.shape().dim(op.axis());
      }
    };
  }

  static Kernel slice(Slice op, Memory m) {
    return () -> copyRange(m.in(0), op.from(), m.out(), 0, op.to() - op.from(), op.axis());
  }

  static Kernel pad(Pad op, Memory m) {
    return () -> {
      m.out().fill(0);
      Tensor x = m.in(0);
      copyRange(x, 0, m.out(), op.before(), x.shape().dim(op.axis()), op.axis());
    };
  }

  /** Copies {@code count} indices of one axis, everything else alike. */
  private static void copyRange(
      Tensor from, int fromStart, Tensor to, int toStart, int count, int axis) {
    Shape shape = from.shape();
    int outer = shape.span(0, axis);
    int inner = shape.span(axis + 1, shape.rank());
    long fromStep = (long) shape.dim(axis) * inner;
    long toStep = (long) to.shape().dim(axis) * inner;
    for (int o = 0; o < outer; o++) {
      for (long i = 0; i < (long) count * inner; i++) {
        to.set(
            o * toStep + (long) toStart * inner + i,
            from.get(o * fromStep + (long) fromStart * inner + i));
      }
    }
  }
}
