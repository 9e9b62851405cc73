package org.quadralib.tensor;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/**
 * A dense row-major array outside the Java heap. A tensor is a view: the memory belongs to the
 * {@link org.quadralib.memory.TensorArena} it came from and is gone when that arena closes.
 */
public final class Tensor {
  // Files and slices need not start at a multiple of the element size.
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;
  private static final ValueLayout.OfDouble DOUBLE = ValueLayout.JAVA_DOUBLE_UNALIGNED;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

  private final TensorType type;
  private final MemorySegment segment;

  /**
   * A view of a segment.
   *
   * @param segment exactly {@code type.bytes()} bytes, in the byte order of the machine
   */
  public Tensor(TensorType type, MemorySegment segment) {
    this.type = Objects.requireNonNull(type);
    this.segment = Objects.requireNonNull(segment);
    if (segment.byteSize() != type.bytes()) {
      throw new ShapeException(
          type + " needs " + type.bytes() + " bytes, but the memory has " + segment.byteSize());
    }
  }

  /** Element type and shape. */
  public TensorType type() {
    return type;
  }

  /** Extents, outermost first. */
  public Shape shape() {
    return type.shape();
  }

  /** The memory itself. */
  public MemorySegment segment() {
    return segment;
  }

  /** Number of elements. */
  public long elements() {
    return type.shape().elements();
  }

  /** The element at a row-major position, as a double. */
  public double get(long index) {
    return switch (type.dtype()) {
      case FLOAT32 -> segment.getAtIndex(FLOAT, index);
      case FLOAT64 -> segment.getAtIndex(DOUBLE, index);
      case INT32 -> segment.getAtIndex(INT, index);
      case INT64 -> segment.getAtIndex(LONG, index);
    };
  }

  /** The element of an INT32 or INT64 tensor at a row-major position, exactly. */
  public long getLong(long index) {
    return switch (type.dtype()) {
      case INT32 -> segment.getAtIndex(INT, index);
      case INT64 -> segment.getAtIndex(LONG, index);
      case FLOAT32, FLOAT64 -> throw new ShapeException(type + " does not hold integers");
    };
  }

  /** Stores a number, rounded to the element type, at a row-major position. */
  public void set(long index, double value) {
    switch (type.dtype()) {
      case FLOAT32 -> segment.setAtIndex(FLOAT, index, (float) value);
      case FLOAT64 -> segment.setAtIndex(DOUBLE, index, value);
      case INT32 -> segment.setAtIndex(INT, index, (int) value);
      case INT64 -> segment.setAtIndex(LONG, index, (long) value);
    }
  }

  /** Stores an integer exactly in an INT32 or INT64 tensor. */
  public void setLong(long index, long value) {
    switch (type.dtype()) {
      case INT32 -> segment.setAtIndex(INT, index, Math.toIntExact(value));
      case INT64 -> segment.setAtIndex(LONG, index, value);
      case FLOAT32, FLOAT64 -> throw new ShapeException(type + " does not hold integers");
    }
  }

  /** Row-major position of a multi-dimensional index. */
  public long indexOf(int... index) {
    Shape shape = type.shape();
    if (index.length != shape.rank()) {
      throw new ShapeException(index.length + " indices for a tensor of shape " + shape);
    }
    long position = 0;
    for (int axis = 0; axis < index.length; axis++) {
      position = position * shape.dim(axis) + Objects.checkIndex(index[axis], shape.dim(axis));
    }
    return position;
  }

  /** Sets every element. */
  public void fill(double value) {
    for (long i = 0; i < elements(); i++) {
      set(i, value);
    }
  }

  /**
   * Copies from a tensor of the same element type and number of elements.
   *
   * @throws ShapeException if they differ
   */
  public void copyFrom(Tensor source) {
    if (source.type.dtype() != type.dtype() || source.elements() != elements()) {
      throw new ShapeException("cannot copy " + source.type + " into " + type);
    }
    MemorySegment.copy(source.segment, 0, segment, 0, segment.byteSize());
    if (source.segment.isMapped()) {
      // The process need not hold what it has read of a file; read again, it comes back.
      source.segment.unload();
    }
  }

  /** Copies float values in row-major order, converting to the element type. */
  public void copyFrom(float... values) {
    if (values.length != elements()) {
      throw new ShapeException("cannot copy " + values.length + " values into " + type);
    }
    if (type.dtype() == DType.FLOAT32) {
      MemorySegment.copy(values, 0, segment, FLOAT, 0, values.length);
    } else {
      for (int i = 0; i < values.length; i++) {
        set(i, values[i]);
      }
    }
  }

  /** The elements in row-major order on the heap, converted to float; for small tensors. */
  public float[] toFloats() {
    float[] values = new float[Math.toIntExact(elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) get(i);
    }
    return values;
  }

  /** The same memory with another shape of as many elements. */
  public Tensor reshape(int... dims) {
    return new Tensor(type.with(Shape.of(dims)), segment);
  }

  @Override
  public String toString() {
    return "Tensor " + type;
  }
}
