package org.quadralib.io;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import org.quadralib.tensor.Tensor;

/**
 * An npy file, NumPy's format for one array, versions 1.0 to 3.0.
 *
 * <p>A little-endian array in C order of float32, float64, int32 or int64 is not read but mapped:
 * its tensor is a read-only view of the file. All else is converted: Fortran order to C order,
 * big-endian to the order of the machine, float16 to float32, bool and the integers below 32 bits
 * to int32, uint32 to int64. Other element types are refused.
 *
 * <p>Nothing in a file is trusted, and memory stays in proportion to the size of the file.
 */
public final class Npy implements AutoCloseable {
  private final MappedFile file;
  private final Tensor tensor;

  private Npy(Path path) throws IOException {
    file = MappedFile.open(path);
    try {
      Source source = new Source(path.toString(), "npy");
      MemorySegment bytes = file.bytes();
      int length = NpyHeader.length(source, bytes, bytes.byteSize());
      StoredArray array = NpyHeader.read(source, bytes.asSlice(0, length));
      requireData(source, array, bytes.byteSize() - length);
      tensor = array.tensor(path.toString(), bytes.asSlice(length), file.converted());
    } catch (FormatException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /**
   * Opens a file.
   *
   * @throws FormatException if the file is damaged or its element type is not supported
   * @throws IOException if the file cannot be read
   */
  public static Npy open(Path file) throws IOException {
    return new Npy(file);
  }

  /** The array, usable until this is closed. */
  public Tensor tensor() {
    return tensor;
  }

  /** Unmaps the file; its tensor cannot be used any more. */
  @Override
  public void close() {
    file.close();
  }

  /**
   * Writes a file, the same bytes that NumPy would write, in one step (see {@link AtomicFile}).
   *
   * @throws IOException if the file cannot be written; what was there before is unchanged
   */
  public static void write(Path file, Tensor tensor) throws IOException {
    AtomicFile.write(file, channel -> write(channel, tensor, ByteOrder.nativeOrder()));
  }

  static void write(WritableByteChannel channel, Tensor tensor, ByteOrder order)
      throws IOException {
    ByteBuffer header = ByteBuffer.wrap(NpyHeader.write(tensor.type(), order));
    while (header.hasRemaining()) {
      channel.write(header);
    }
    TensorBytes.write(channel, tensor, order);
  }

  /** Refuses an array whose data is not exactly as long as its header says. */
  static void requireData(Source source, StoredArray array, long bytes) throws FormatException {
    if (array.bytes() != bytes) {
      throw source.damaged(
          "the data",
          "%s of shape %s has %d bytes, the file has %d for it (%s)"
              .formatted(
                  array.encoding(),
                  array.shape(),
                  array.bytes(),
                  bytes,
                  array.bytes() > bytes ? "cut short" : "bytes left over"));
    }
  }
}
