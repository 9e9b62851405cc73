package org.quadralib.io;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import org.quadralib.memory.Category;
import org.quadralib.memory.TensorArena;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.Tensor;
import org.quadralib.tensor.TensorType;

/**
 * What a file says about the layout of an array.
 *
 * @param columnMajor whether the first index varies fastest (Fortran), not the last (C)
 */
record StoredArray(Encoding encoding, ByteOrder order, boolean columnMajor, Shape shape) {

  /** Most dimensions accepted; NumPy and PyTorch stop at 64. */
  static final int MAX_RANK = 64;

  /**
   * An array whose extents are checked to make a tensor that can exist.
   *
   * @throws FormatException if an extent or the size in bytes is out of range
   */
  static StoredArray of(
      Source source,
      String where,
      Encoding encoding,
      ByteOrder order,
      boolean columnMajor,
      long[] extents)
      throws FormatException {
    int[] dims = new int[extents.length];
    long bytes = Math.max(encoding.bytes(), encoding.dtype().bytes());
    for (int axis = 0; axis < dims.length; axis++) {
      if (extents[axis] > Integer.MAX_VALUE) {
        throw source.error(
            where,
            "dimension " + axis + " has extent " + extents[axis],
            "split it, tensors have at most " + Integer.MAX_VALUE + " along each dimension");
      }
      dims[axis] = (int) extents[axis];
      try {
        bytes = Math.multiplyExact(bytes, extents[axis]);
      } catch (ArithmeticException e) {
        throw source.damaged(where, "its shape needs more bytes than can be counted");
      }
    }
    return new StoredArray(encoding, order, columnMajor, Shape.of(dims));
  }

  /** Bytes in the file. */
  long bytes() {
    return shape.elements() * encoding.bytes();
  }

  TensorType type() {
    return new TensorType(encoding.dtype(), shape);
  }

  /** Whether the bytes of the file are those of the tensor in memory. */
  boolean isView() {
    return !encoding.widens()
        && !(columnMajor && shape.rank() > 1)
        && (order == ByteOrder.nativeOrder() || encoding.bytes() == 1);
  }

  /** The tensor: a view of the bytes where that is possible, else a copy owned by the arena. */
  Tensor tensor(String name, MemorySegment bytes, TensorArena copies) {
    if (isView()) {
      return new Tensor(type(), bytes);
    }
    Tensor copy = copies.allocate(name, Category.INPUT, type());
    if (columnMajor && shape.rank() > 1) {
      copyTransposed(bytes, copy.segment());
    } else {
      for (long i = 0; i < shape.elements(); i++) {
        encoding.copy(bytes, i, order, copy.segment(), i);
      }
    }
    return copy;
  }

  private void copyTransposed(MemorySegment source, MemorySegment target) {
    int[] index = new int[shape.rank()];
    long[] stride = new long[shape.rank()];
    long elementsSoFar = 1;
    for (int axis = 0; axis < stride.length; axis++) {
      stride[axis] = elementsSoFar;
      elementsSoFar *= shape.dim(axis);
    }
    long position = 0;
    for (long i = 0; i < shape.elements(); i++) {
      encoding.copy(source, position, order, target, i);
      // Count up like an odometer, the last axis turning fastest.
      for (int axis = index.length - 1; axis >= 0; axis--) {
        position += stride[axis];
        if (++index[axis] < shape.dim(axis)) {
          break;
        }
        position -= stride[axis] * shape.dim(axis);
        index[axis] = 0;
      }
    }
  }
}
