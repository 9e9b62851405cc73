package org.quadralib.tensor;

/** What is known of a tensor before it has memory: its element type and shape. */
public record TensorType(DType dtype, Shape shape) {
  /** A float32 tensor of the given extents. */
  public static TensorType float32(int... dims) {
    return new TensorType(DType.FLOAT32, Shape.of(dims));
  }

  /** The same element type with another shape. */
  public TensorType with(Shape other) {
    return new TensorType(dtype, other);
  }

  /** Size in bytes, without padding. */
  public long bytes() {
    return Math.multiplyExact(shape.elements(), (long) dtype.bytes());
  }

  @Override
  public String toString() {
    return dtype.name().toLowerCase(java.util.Locale.ROOT) + shape;
  }
}
