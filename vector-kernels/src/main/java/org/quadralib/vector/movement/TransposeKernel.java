package org.quadralib.vector.movement;

import static org.quadralib.vector.gemm.Memory.get;
import static org.quadralib.vector.gemm.Memory.set;

import java.util.ArrayList;
import java.util.List;
import org.quadralib.backend.Kernel;
import org.quadralib.backend.Memory;
import org.quadralib.graph.op.Transpose;
import org.quadralib.vector.loop.Floats;
import org.quadralib.vector.loop.RowTiles;
import org.quadralib.vector.parallel.ParallelTask;
import org.quadralib.vector.parallel.WorkerPool;

/**
 * Permutes axes. Neighbouring axes that stay together are joined. What is left is a stack of
 * matrices to transpose, block by block so that the lines read are still cached when their next
 * elements are needed; or, where the last axis stays last, rows to copy.
 */
public final class TransposeKernel implements Kernel, ParallelTask {
  /** Elements of the operand's innermost axis that a task takes, and of the result's in a block. */
  private static final int BLOCK = 32;

  private final WorkerPool pool;
  private final long x;
  private final long y;
  private final int[] extents; // outer axes of the result
  private final long[] from; // strides of these in the operand
  private final long[] to; // and in the result
  private final Plane plane;
  private final long stripes;
  private final int tasks;
  private final int stripesPerTask;

  /**
   * The two innermost axes.
   *
   * @param rows extent of the axis that is innermost in the operand; 1 if it is the columns
   * @param rowStride stride of the rows in the result
   * @param columns extent of the axis that is innermost in the result
   * @param columnStride stride of the columns in the operand
   */
  private record Plane(int rows, long rowStride, int columns, long columnStride) {
    int stripes() {
      return Math.ceilDiv(rows, BLOCK);
    }
  }

  /** An axis of the result with its strides. */
  private record Axis(int extent, long from, long to) {}

  /** A kernel bound to its memory. */
  public TransposeKernel(Transpose op, Memory memory, WorkerPool pool) {
    this.pool = pool;
    x = Floats.address(memory.in(0));
    y = Floats.address(memory.out());
    List<Axis> axes = joined(op, memory);
    Axis last = axes.removeLast();
    Axis rows = new Axis(1, 1, 0);
    if (last.from != 1) {
      rows = axes.stream().filter(axis -> axis.from == 1).findFirst().orElseThrow();
      axes.remove(rows);
    }
    plane = new Plane(rows.extent, rows.to, last.extent, last.from);
    extents = axes.stream().mapToInt(Axis::extent).toArray();
    from = axes.stream().mapToLong(Axis::from).toArray();
    to = axes.stream().mapToLong(Axis::to).toArray();
    stripes = memory.out().elements() / ((long) plane.rows * plane.columns) * plane.stripes();
    int perStripe = Math.min(plane.rows, BLOCK) * plane.columns;
    stripesPerTask = Math.max(1, RowTiles.TILE / perStripe);
    tasks = Math.toIntExact(Math.ceilDiv(stripes, (long) stripesPerTask));
  }

  private static List<Axis> joined(Transpose op, Memory memory) {
    long[] strides = memory.in(0).shape().strides();
    long[] own = memory.out().shape().strides();
    List<Axis> axes = new ArrayList<>();
    for (int i = 0; i < own.length; i++) {
      Axis axis = new Axis(memory.out().shape().dim(i), strides[op.axes().get(i)], own[i]);
      if (axis.extent == 1) {
        continue;
      }
      if (!axes.isEmpty() && axes.getLast().from == axis.from * axis.extent) {
        axis = new Axis(axes.removeLast().extent * axis.extent, axis.from, axis.to);
      }
      axes.add(axis);
    }
    if (axes.isEmpty()) {
      axes.add(new Axis(1, 1, 1));
    }
    return axes;
  }

  @Override
  public void run() {
    pool.parallelFor(tasks, this);
  }

  @Override
  public void run(int task, int worker) {
    long end = Math.min(stripes, (long) (task + 1) * stripesPerTask);
    for (long stripe = (long) task * stripesPerTask; stripe < end; stripe++) {
      int firstRow = (int) (stripe % plane.stripes()) * BLOCK;
      long rest = stripe / plane.stripes();
      long source = firstRow;
      long target = firstRow * plane.rowStride;
      for (int axis = extents.length - 1; axis >= 0; axis--) {
        long index = rest % extents[axis];
        rest /= extents[axis];
        source += index * from[axis];
        target += index * to[axis];
      }
      if (plane.columnStride == 1) {
        Floats.copy(x + 4 * source, y + 4 * target, plane.columns);
      } else {
        stripe(x + 4 * source, y + 4 * target, Math.min(BLOCK, plane.rows - firstRow));
      }
    }
  }

  private void stripe(long source, long target, int rows) {
    for (int c = 0; c < plane.columns; c += BLOCK) {
      block(
          source + 4 * c * plane.columnStride,
          4 * plane.columnStride,
          target + 4L * c,
          4 * plane.rowStride,
          rows,
          Math.min(BLOCK, plane.columns - c));
    }
  }

  private static void block(
      long source, long sourceStep, long target, long targetStep, int rows, int columns) {
    for (int r = 0; r < rows; r++) {
      long read = source + 4L * r;
      long write = target + r * targetStep;
      for (int c = 0; c < columns; c++) {
        set(write + 4L * c, get(read + c * sourceStep));
      }
    }
  }
}
