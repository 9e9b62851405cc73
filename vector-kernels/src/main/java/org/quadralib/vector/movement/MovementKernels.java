package org.quadralib.vector.movement;

import java.util.ArrayList;
import java.util.List;
import org.quadralib.backend.Kernel;
import org.quadralib.backend.Memory;
import org.quadralib.graph.op.Concat;
import org.quadralib.graph.op.Pad;
import org.quadralib.graph.op.Slice;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.Tensor;
import org.quadralib.vector.loop.Floats;
import org.quadralib.vector.parallel.WorkerPool;

/** Joins, parts and margins along one axis: each is a few rectangles. */
public final class MovementKernels {
  private MovementKernels() {}

  /** Joins operands. */
  public static Kernel concat(Concat op, Memory memory, WorkerPool pool) {
    List<Kernel> parts = new ArrayList<>();
    int to = 0;
    for (Tensor part : memory.inputs()) {
      int extent = part.shape().dim(op.axis());
      parts.add(copy(part, 0, memory.out(), to, extent, op.axis(), pool));
      to += extent;
    }
    return sequence(parts);
  }

  /** Takes a part. */
  public static Kernel slice(Slice op, Memory memory, WorkerPool pool) {
    int extent = op.to() - op.from();
    return copy(memory.in(0), op.from(), memory.out(), 0, extent, op.axis(), pool);
  }

  /** Adds zeros before and after. */
  public static Kernel pad(Pad op, Memory memory, WorkerPool pool) {
    Tensor y = memory.out();
    int extent = memory.in(0).shape().dim(op.axis());
    return sequence(
        List.of(
            zero(y, 0, op.before(), op.axis(), pool),
            copy(memory.in(0), 0, y, op.before(), extent, op.axis(), pool),
            zero(y, op.before() + extent, op.after(), op.axis(), pool)));
  }

  private static Kernel copy(
      Tensor from, int fromIndex, Tensor to, int toIndex, int count, int axis, WorkerPool pool) {
    return new CopyKernel(
        pool,
        Floats.address(from) + 4 * fromIndex * inner(from, axis),
        from.shape().dim(axis) * inner(from, axis),
        Floats.address(to) + 4 * toIndex * inner(to, axis),
        to.shape().dim(axis) * inner(to, axis),
        outer(to, axis),
        Math.toIntExact(count * inner(to, axis)));
  }

  private static Kernel zero(Tensor to, int toIndex, int count, int axis, WorkerPool pool) {
    return new FillKernel(
        pool,
        0f,
        Floats.address(to) + 4 * toIndex * inner(to, axis),
        to.shape().dim(axis) * inner(to, axis),
        outer(to, axis),
        Math.toIntExact(count * inner(to, axis)));
  }

  private static int outer(Tensor tensor, int axis) {
    return tensor.shape().span(0, axis);
  }

  private static long inner(Tensor tensor, int axis) {
    Shape shape = tensor.shape();
    return shape.span(axis + 1, shape.rank());
  }

  private static Kernel sequence(List<Kernel> kernels) {
    Kernel[] parts = kernels.toArray(Kernel[]::new);
    return () -> {
      for (Kernel part : parts) {
        part.run();
      }
    };
  }
}
