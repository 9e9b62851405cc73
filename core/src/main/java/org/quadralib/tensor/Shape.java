package org.quadralib.tensor;

import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Extents of a dense row-major tensor, outermost first. Images are {@code [batch, channels, height,
 * width]}; a scalar has rank 0 and one element.
 */
public final class Shape {
  private final int[] dims;
  private final long elements;

  private Shape(int[] dims) {
    this.dims = dims;
    long product = 1;
    for (int dim : dims) {
      if (dim < 0) {
        throw new ShapeException("a dimension is negative in " + Arrays.toString(dims));
      }
      try {
        product = Math.multiplyExact(product, dim);
      } catch (ArithmeticException e) {
        throw new ShapeException("too many elements for any memory in " + Arrays.toString(dims));
      }
    }
    this.elements = product;
  }

  /** A shape with these extents. */
  public static Shape of(int... dims) {
    return new Shape(dims.clone());
  }

  /** Number of dimensions. */
  public int rank() {
    return dims.length;
  }

  /** Extent of one dimension; negative axes count from the end. */
  public int dim(int axis) {
    return dims[axis < 0 ? axis + dims.length : axis];
  }

  /** Extents as a fresh array. */
  public int[] dims() {
    return dims.clone();
  }

  /** Number of elements. */
  public long elements() {
    return elements;
  }

  /** The same shape with one extent replaced. */
  public Shape with(int axis, int extent) {
    int[] changed = dims.clone();
    changed[axis < 0 ? axis + dims.length : axis] = extent;
    return new Shape(changed);
  }

  /** Row-major strides in elements. */
  public long[] strides() {
    long[] strides = new long[dims.length];
    long stride = 1;
    for (int axis = dims.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= dims[axis];
    }
    return strides;
  }

  /** Product of the extents in {@code [from, to)}. */
  public int span(int from, int to) {
    return IntStream.range(from, to).map(axis -> dims[axis]).reduce(1, Math::multiplyExact);
  }

  /**
   * The shape that both operands broadcast to: aligned at the last axis, extents of 1 stretch.
   *
   * @throws ShapeException if an extent differs and neither is 1
   */
  public Shape broadcast(Shape other) {
    int rank = Math.max(rank(), other.rank());
    int[] result = new int[rank];
    for (int i = 1; i <= rank; i++) {
      int a = i <= rank() ? dim(-i) : 1;
      int b = i <= other.rank() ? other.dim(-i) : 1;
      if (a != b && a != 1 && b != 1) {
        throw new ShapeException("shapes " + this + " and " + other + " do not broadcast");
      }
      result[rank - i] = a == 1 ? b : a;
    }
    return new Shape(result);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape shape && Arrays.equals(dims, shape.dims);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(dims);
  }

  @Override
  public String toString() {
    return IntStream.of(dims)
        .mapToObj(Integer::toString)
        .collect(Collectors.joining("x", "[", "]"));
  }
}
