package org.quadralib.backend.scalar;

import org.quadralib.tensor.Shape;

/** From a row-major position in a broadcast result to the one in an operand. */
final class BroadcastIndex {
  private final int[] extents;
  private final long[] strides; // of the operand, 0 along repeated axes

  BroadcastIndex(Shape operand, Shape result) {
    extents = result.dims();
    strides = new long[extents.length];
    int lead = extents.length - operand.rank();
    long[] own = operand.strides();
    for (int axis = lead; axis < extents.length; axis++) {
      strides[axis] = operand.dim(axis - lead) == 1 ? 0 : own[axis - lead];
    }
  }

  long of(long position) {
    long index = 0;
    for (int axis = extents.length - 1; axis >= 0; axis--) {
      index += position % extents[axis] * strides[axis];
      position /= extents[axis];
    }
    return index;
  }
}
