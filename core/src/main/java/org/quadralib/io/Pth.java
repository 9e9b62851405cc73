package org.quadralib.io;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Collections;
import java.util.SequencedMap;
import org.quadralib.tensor.Tensor;

/**
 * A file that {@code torch.save} wrote, in the zip format or the older one: the tensors of the
 * state dictionary in it. It may be bare or inside a dictionary, as in {@code {net: …, epoch: 7}}.
 *
 * <p>Such files hold pickles, which are programs. Nothing of them is run: a reader that knows
 * tensors and plain containers, and nothing else, takes them apart. Every length is checked before
 * memory is taken. Element types are widened as {@link SafeTensors#openWidening} does.
 */
public final class Pth implements AutoCloseable {
  private static final int ZIP_MAGIC = 0x04034b50;

  private final MappedFile file;
  private final SequencedMap<String, Tensor> tensors;

  private Pth(Path path) throws IOException {
    file = MappedFile.open(path);
    try {
      Source source = new Source(path.toString(), "PyTorch");
      MemorySegment bytes = file.bytes();
      PthContent content =
          isZip(bytes)
              ? PthZip.read(source, path, file.converted())
              : PthLegacy.read(source, bytes);
      tensors =
          Collections.unmodifiableSequencedMap(
              new PthTensors(source, content, file.converted())
                  .read(StateDictionary.find(source, content.root())));
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /**
   * Opens a file.
   *
   * @throws FormatException if the file is damaged, holds no state dictionary, or anything that a
   *     state dictionary does not need
   * @throws IOException if the file cannot be read
   */
  public static Pth open(Path file) throws IOException {
    return new Pth(file);
  }

  /** Whether the first bytes are those of a zip archive. */
  static boolean isZip(MemorySegment bytes) {
    return bytes.byteSize() >= Integer.BYTES
        && bytes.get(ValueLayout.JAVA_INT_UNALIGNED.withOrder(java.nio.ByteOrder.LITTLE_ENDIAN), 0)
            == ZIP_MAGIC;
  }

  /** Whether the first bytes are those of a pickle of protocol 2 to 5. */
  static boolean isPickle(MemorySegment bytes) {
    if (bytes.byteSize() < 3 || unsigned(bytes, 0) != 0x80) {
      return false;
    }
    int protocol = unsigned(bytes, 1);
    // Since protocol 4, all but the smallest pickles start with a frame.
    return protocol == 2
        || protocol == 3
        || ((protocol == 4 || protocol == 5) && unsigned(bytes, 2) == 0x95);
  }

  private static int unsigned(MemorySegment bytes, long position) {
    return bytes.get(ValueLayout.JAVA_BYTE, position) & 0xff;
  }

  /** All tensors by name, in the order of the state dictionary. */
  public SequencedMap<String, Tensor> tensors() {
    return tensors;
  }

  /** Frees all tensors. */
  @Override
  public void close() {
    file.close();
  }
}
