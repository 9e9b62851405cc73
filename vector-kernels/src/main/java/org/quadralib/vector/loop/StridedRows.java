package org.quadralib.vector.loop;

import java.util.ArrayList;
import java.util.List;
import org.quadralib.tensor.Shape;

/**
 * A broadcast result as rows along its innermost axis, and where each row begins in each operand.
 * Axes that lie alike in all operands are joined, so that rows are as long as they can be: shapes
 * {@code [n, c, h, w]} and {@code [c, 1, 1]} give {@code n·c} rows of {@code h·w}, during each of
 * which the second operand stands still.
 */
public final class StridedRows {
  private final int[] extents; // outer axes
  private final long[][] strides; // of each operand along the outer axes, in elements
  private final boolean[] moving;
  private final int length;
  private final long rows;

  /** Lays out a result for operands that broadcast to it. */
  public StridedRows(Shape result, Shape... operands) {
    List<Integer> joined = new ArrayList<>(); // innermost first
    List<long[]> steps = new ArrayList<>();
    for (int axis = result.rank() - 1; axis >= 0; axis--) {
      int extent = result.dim(axis);
      if (extent == 1) {
        continue;
      }
      long[] step = new long[operands.length];
      for (int i = 0; i < operands.length; i++) {
        step[i] = stride(operands[i], axis - (result.rank() - operands[i].rank()));
      }
      int last = joined.size() - 1;
      if (last >= 0 && continues(step, steps.get(last), joined.get(last))) {
        joined.set(last, joined.get(last) * extent);
      } else {
        joined.add(extent);
        steps.add(step);
      }
    }
    length = joined.isEmpty() ? 1 : joined.getFirst();
    moving = new boolean[operands.length];
    strides = new long[operands.length][Math.max(joined.size() - 1, 0)];
    extents = new int[strides[0].length];
    for (int i = 0; i < operands.length; i++) {
      moving[i] = steps.isEmpty() || steps.getFirst()[i] == 1;
      for (int axis = 0; axis < extents.length; axis++) {
        strides[i][axis] = steps.get(steps.size() - 1 - axis)[i];
      }
    }
    for (int axis = 0; axis < extents.length; axis++) {
      extents[axis] = joined.get(joined.size() - 1 - axis);
    }
    rows = result.elements() / Math.max(length, 1);
  }

  private static long stride(Shape operand, int axis) {
    return axis < 0 || operand.dim(axis) == 1 ? 0 : operand.strides()[axis];
  }

  private static boolean continues(long[] outer, long[] inner, int innerExtent) {
    for (int i = 0; i < outer.length; i++) {
      if (outer[i] != inner[i] * innerExtent) {
        return false;
      }
    }
    return true;
  }

  /** Number of rows. */
  public long rows() {
    return rows;
  }

  /** Elements of a row. */
  public int length() {
    return length;
  }

  /** Whether an operand has an element for each of a row, and not one for all of it. */
  public boolean moves(int operand) {
    return moving[operand];
  }

  /** Where a row begins in an operand, in elements. */
  public long start(int operand, long row) {
    long[] step = strides[operand];
    long rest = row;
    long start = 0;
    for (int axis = extents.length - 1; axis > 0; axis--) {
      long next = rest / extents[axis];
      start += (rest - next * extents[axis]) * step[axis];
      rest = next;
    }
    return extents.length == 0 ? 0 : start + rest * step[0];
  }
}
