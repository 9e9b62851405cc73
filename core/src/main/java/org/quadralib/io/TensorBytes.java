package org.quadralib.io;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import org.quadralib.tensor.Tensor;

/** Writes the elements of tensors. */
final class TensorBytes {
  // A buffer covers at most 2 GiB, and heap buffers are copied by the channel.
  private static final int CHUNK = 1 << 20;

  private TensorBytes() {}

  /** Writes all elements, row-major, in a byte order. */
  static void write(WritableByteChannel channel, Tensor tensor, ByteOrder order)
      throws IOException {
    MemorySegment bytes = tensor.segment();
    for (long at = 0; at < bytes.byteSize(); at += CHUNK) {
      MemorySegment chunk = bytes.asSlice(at, Math.min(CHUNK, bytes.byteSize() - at));
      if (order != ByteOrder.nativeOrder()) {
        chunk = swapped(chunk, Encoding.of(tensor.type().dtype()), order);
      }
      ByteBuffer buffer = chunk.asByteBuffer();
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    }
  }

  private static MemorySegment swapped(MemorySegment chunk, Encoding encoding, ByteOrder order) {
    MemorySegment copy = MemorySegment.ofArray(new byte[(int) chunk.byteSize()]);
    for (long i = 0; i < chunk.byteSize() / encoding.bytes(); i++) {
      encoding.copy(chunk, i, order, copy, i);
    }
    return copy;
  }
}
