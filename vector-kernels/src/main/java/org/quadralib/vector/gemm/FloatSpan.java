package org.quadralib.vector.gemm;

import java.lang.foreign.MemorySegment;

/**
 * A run of off-heap float32 values: what a kernel reads or writes.
 *
 * <p>The bounds of the segment are checked here, once; kernels then work with the absolute address,
 * because a check of bounds and liveness at each access costs more than the arithmetic. Whoever
 * makes a span keeps the segment alive for as long as kernels run on it.
 *
 * @param address absolute address of the first value, in bytes
 * @param count number of values
 */
public record FloatSpan(long address, long count) {

  /** Checks that the fields make sense; {@link #of} is the way to make a span. */
  public FloatSpan {
    if (address < 0 || count < 0) {
      throw new IllegalArgumentException(
          "A span needs address and count of at least 0, but got " + address + ", " + count);
    }
  }

  /**
   * The span of {@code count} floats that begins {@code byteOffset} bytes into a segment.
   *
   * @throws IllegalArgumentException if the segment lies on the heap
   * @throws IndexOutOfBoundsException if the range is not inside the segment
   */
  public static FloatSpan of(MemorySegment segment, long byteOffset, long count) {
    if (!segment.isNative()) {
      throw new IllegalArgumentException(
          "Kernels read and write off-heap memory, but this segment lies on the heap; allocate it"
              + " from an Arena.");
    }
    MemorySegment range = segment.asSlice(byteOffset, Math.multiplyExact(count, Float.BYTES));
    return new FloatSpan(range.address(), count);
  }

  /** All of a segment as floats. */
  public static FloatSpan of(MemorySegment segment) {
    return of(segment, 0, segment.byteSize() / Float.BYTES);
  }

  /**
   * The address, after a check that the span holds at least {@code needed} values.
   *
   * @param name what the span is, for the message
   */
  public long addressOf(long needed, String name) {
    if (count < needed) {
      throw new IllegalArgumentException(
          "The span of "
              + name
              + " holds "
              + count
              + " floats, but the kernel needs "
              + needed
              + ".");
    }
    return address;
  }
}
