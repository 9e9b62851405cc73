package org.quadralib.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.time.LocalDateTime;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.quadralib.tensor.Tensor;

/** Writes arrays into an npz archive. */
final class NpzWriter {
  // The earliest date a zip archive can hold, as NumPy writes it.
  private static final LocalDateTime NO_DATE = LocalDateTime.of(1980, 1, 1, 0, 0);

  private NpzWriter() {}

  static void write(WritableByteChannel channel, Map<String, Tensor> tensors) throws IOException {
    try (ZipOutputStream zip = new ZipOutputStream(Channels.newOutputStream(channel))) {
      zip.setMethod(ZipOutputStream.STORED);
      WritableByteChannel content = Channels.newChannel(zip);
      for (Map.Entry<String, Tensor> next : tensors.entrySet()) {
        Measure measure = new Measure();
        Npy.write(measure, next.getValue(), ByteOrder.nativeOrder());
        // What is stored as it is must say its size and checksum in advance.
        ZipEntry entry = new ZipEntry(next.getKey() + ".npy");
        entry.setTimeLocal(NO_DATE);
        entry.setSize(measure.bytes);
        entry.setCompressedSize(measure.bytes);
        entry.setCrc(measure.checksum.getValue());
        zip.putNextEntry(entry);
        Npy.write(content, next.getValue(), ByteOrder.nativeOrder());
        zip.closeEntry();
      }
    }
  }

  /** Takes bytes only to count and check them. */
  private static final class Measure implements WritableByteChannel {
    private final CRC32 checksum = new CRC32();
    private long bytes;

    @Override
    public int write(ByteBuffer source) {
      int taken = source.remaining();
      checksum.update(source);
      bytes += taken;
      return taken;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }
}
