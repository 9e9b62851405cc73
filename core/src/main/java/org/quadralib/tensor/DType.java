package org.quadralib.tensor;

/** Element type of a tensor. */
public enum DType {
  /** IEEE 754 binary32: parameters, activations and gradients. */
  FLOAT32(Float.BYTES),
  /** IEEE 754 binary64: the reference precision in which gradients are verified. */
  FLOAT64(Double.BYTES),
  /** 32-bit integers: class labels. */
  INT32(Integer.BYTES),
  /** 64-bit integers: counters of the random number generator. */
  INT64(Long.BYTES);

  private final int bytes;

  DType(int bytes) {
    this.bytes = bytes;
  }

  /** Size of one element in bytes. */
  public int bytes() {
    return bytes;
  }

  /** Whether gradients can flow through values of this type. */
  public boolean isFloating() {
    return this == FLOAT32 || this == FLOAT64;
  }
}
