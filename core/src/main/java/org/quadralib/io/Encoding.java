package org.quadralib.io;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.quadralib.tensor.DType;

/**
 * How a file stores an element. In ascending order of alignment, as the safetensors library lists
 * them: its files hold tensors in the reverse of this order.
 */
enum Encoding {
  BOOL(1, DType.INT32),
  U8(1, DType.INT32),
  I8(1, DType.INT32),
  I16(2, DType.INT32),
  U16(2, DType.INT32),
  F16(2, DType.FLOAT32),
  BF16(2, DType.FLOAT32),
  I32(4, DType.INT32),
  U32(4, DType.INT64),
  F32(4, DType.FLOAT32),
  F64(8, DType.FLOAT64),
  I64(8, DType.INT64);

  private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

  private final int bytes;
  private final DType dtype;

  Encoding(int bytes, DType dtype) {
    this.bytes = bytes;
    this.dtype = dtype;
  }

  /** The encoding that stores a type as it is in memory. */
  static Encoding of(DType dtype) {
    return switch (dtype) {
      case FLOAT32 -> F32;
      case FLOAT64 -> F64;
      case INT32 -> I32;
      case INT64 -> I64;
    };
  }

  /** Size of one element in the file. */
  int bytes() {
    return bytes;
  }

  /** The smallest element type of tensors that holds every value exactly. */
  DType dtype() {
    return dtype;
  }

  /** Whether {@link #dtype()} has more bits than the file stores. */
  boolean widens() {
    return of(dtype) != this;
  }

  /** Copies one element, widened to {@link #dtype()}; what is not widened keeps its bits. */
  void copy(
      MemorySegment source, long sourceIndex, ByteOrder order, MemorySegment target, long index) {
    boolean swap = order != ByteOrder.nativeOrder();
    switch (this) {
      case BOOL ->
          putInt(target, index, source.get(ValueLayout.JAVA_BYTE, sourceIndex) != 0 ? 1 : 0);
      case U8 -> putInt(target, index, source.get(ValueLayout.JAVA_BYTE, sourceIndex) & 0xff);
      case I8 -> putInt(target, index, source.get(ValueLayout.JAVA_BYTE, sourceIndex));
      case I16 -> putInt(target, index, getShort(source, sourceIndex, swap));
      case U16 -> putInt(target, index, getShort(source, sourceIndex, swap) & 0xffff);
      case F16 -> {
        float value = Float.float16ToFloat(getShort(source, sourceIndex, swap));
        putInt(target, index, Float.floatToRawIntBits(value));
      }
      case BF16 -> putInt(target, index, getShort(source, sourceIndex, swap) << 16);
      case I32, F32 -> putInt(target, index, getInt(source, sourceIndex, swap));
      case U32 -> target.setAtIndex(LONG, index, getInt(source, sourceIndex, swap) & 0xffff_ffffL);
      case F64, I64 -> {
        long bits = source.getAtIndex(LONG, sourceIndex);
        target.setAtIndex(LONG, index, swap ? Long.reverseBytes(bits) : bits);
      }
    }
  }

  private static void putInt(MemorySegment target, long index, int bits) {
    target.setAtIndex(INT, index, bits);
  }

  private static short getShort(MemorySegment source, long index, boolean swap) {
    short bits = source.getAtIndex(SHORT, index);
    return swap ? Short.reverseBytes(bits) : bits;
  }

  private static int getInt(MemorySegment source, long index, boolean swap) {
    int bits = source.getAtIndex(INT, index);
    return swap ? Integer.reverseBytes(bits) : bits;
  }
}
