package org.quadralib.io;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.quadralib.memory.TensorArena;

/**
 * A file mapped into memory, read-only, together with the memory for those of its tensors that
 * cannot be views of it. Both are gone after close.
 */
final class MappedFile implements AutoCloseable {
  private final Arena arena = Arena.ofShared();
  private final TensorArena converted;
  private final MemorySegment bytes;

  private MappedFile(Path file) throws IOException {
    converted = TensorArena.root(file.toString());
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
    } catch (IOException | RuntimeException e) {
      close();
      throw e;
    }
  }

  static MappedFile open(Path file) throws IOException {
    requireFile(file);
    return new MappedFile(file);
  }

  /** Refuses what is missing, and what could block or never end, such as pipes and devices. */
  static void requireFile(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new NoSuchFileException(file.toString(), null, "there is no such file");
    }
    if (!Files.isRegularFile(file)) {
      throw new IOException("cannot read " + file + ": it is not a regular file");
    }
  }

  MemorySegment bytes() {
    return bytes;
  }

  /** Owns copies of tensors whose bytes in the file are not those of memory. */
  TensorArena converted() {
    return converted;
  }

  @Override
  public void close() {
    converted.close();
    arena.close();
  }
}
