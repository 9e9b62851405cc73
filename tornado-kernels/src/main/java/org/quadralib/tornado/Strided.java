package org.quadralib.tornado;

import java.util.ArrayList;
import java.util.List;
import org.quadralib.tensor.Shape;

/**
 * A walk over an index space in which each of several tensors has its own strides. Axes that all of
 * them walk in one go are joined, and axes of extent 1 are left out.
 */
final class Strided {
  private final int[] extents;
  private final int[][] strides;

  private Strided(int[] extents, int[][] strides) {
    this.extents = extents;
    this.strides = strides;
  }

  static Strided of(int[] extents, int[]... strides) {
    List<int[]> axes = new ArrayList<>(); // extent, then a stride for each tensor
    for (int axis = 0; axis < extents.length; axis++) {
      if (extents[axis] == 1) {
        continue;
      }
      int[] inner = new int[1 + strides.length];
      inner[0] = extents[axis];
      for (int i = 0; i < strides.length; i++) {
        inner[1 + i] = strides[i][axis];
      }
      if (!axes.isEmpty() && continues(axes.getLast(), inner)) {
        inner[0] *= axes.removeLast()[0];
      }
      axes.add(inner);
    }
    int[] joined = axes.stream().mapToInt(axis -> axis[0]).toArray();
    int[][] own = new int[strides.length][];
    for (int i = 0; i < strides.length; i++) {
      int tensor = 1 + i;
      own[i] = axes.stream().mapToInt(axis -> axis[tensor]).toArray();
    }
    return new Strided(joined, own);
  }

  private static boolean continues(int[] outer, int[] inner) {
    for (int i = 1; i < outer.length; i++) {
      if (outer[i] != inner[i] * inner[0]) {
        return false;
      }
    }
    return true;
  }

  /** Row-major strides. */
  static int[] dense(Shape shape) {
    int[] strides = new int[shape.rank()];
    int stride = 1;
    for (int axis = shape.rank() - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= shape.dim(axis);
    }
    return strides;
  }

  /** Strides of an operand along the axes of a result it is broadcast to. */
  static int[] broadcast(Shape operand, Shape result) {
    int[] own = dense(operand);
    int[] strides = new int[result.rank()];
    int lead = result.rank() - operand.rank();
    for (int axis = lead; axis < strides.length; axis++) {
      strides[axis] = operand.dim(axis - lead) == 1 ? 0 : own[axis - lead];
    }
    return strides;
  }

  int rank() {
    return extents.length;
  }

  int elements() {
    int product = 1;
    for (int extent : extents) {
      product *= extent;
    }
    return product;
  }

  int[] extents() {
    return extents;
  }

  int[] strides(int tensor) {
    return strides[tensor];
  }

  /** Rank, extents, then the strides of each tensor. */
  int[] arguments() {
    int rank = extents.length;
    int[] arguments = new int[1 + rank * (1 + strides.length)];
    arguments[0] = rank;
    System.arraycopy(extents, 0, arguments, 1, rank);
    for (int i = 0; i < strides.length; i++) {
      System.arraycopy(strides[i], 0, arguments, 1 + rank * (1 + i), rank);
    }
    return arguments;
  }
}
