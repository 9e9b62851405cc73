package org.quadralib.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Replaces a file in one step: whoever opens it, whenever, finds the whole old content or the whole
 * new one, also after a full disk, a crash or a power cut.
 */
public final class AtomicFile {
  private AtomicFile() {}

  /** Produces the content of a file. */
  @FunctionalInterface
  public interface Content {
    /**
     * Writes everything.
     *
     * @param channel takes all bytes of every buffer; closing it does nothing, so that streams over
     *     it may be closed
     */
    void writeTo(WritableByteChannel channel) throws IOException;
  }

  /**
   * Writes a new file beside the target, forces it to the disk, then moves it into place. If
   * anything fails, the new file is removed and the target stays as it was. A target that is a
   * symbolic link stays one. A pipe or a device is written to directly.
   *
   * @throws IOException if it cannot be written; the message names the target
   */
  public static void write(Path file, Content content) throws IOException {
    Path target = target(file);
    if (Files.exists(target) && !Files.isRegularFile(target)) {
      writeToDevice(file, content);
      return;
    }
    Path folder = folder(target);
    // Not Files.createTempFile: that makes a file which only its owner may read.
    long tag = ThreadLocalRandom.current().nextLong();
    Path temporary = folder.resolve(".quadralib-" + HexFormat.of().toHexDigits(tag) + ".tmp");
    boolean done = false;
    try {
      try (FileChannel channel =
          FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        content.writeTo(new WholeWrites(channel));
        channel.force(true);
      }
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
      done = true;
    } catch (IOException e) {
      throw new IOException(
          "cannot write " + file + ": " + Reasons.of(e) + "; what was there before is unchanged",
          e);
    } finally {
      if (!done) {
        remove(temporary);
      }
    }
    forceFolder(folder);
  }

  /**
   * Says before long work that its result could not be written: to a folder, or into one that there
   * is not.
   *
   * @throws IOException as {@link #write} would
   */
  public static void check(Path file) throws IOException {
    target(file);
  }

  private static Path target(Path file) throws IOException {
    if (Files.isDirectory(file)) {
      throw new IOException("cannot write " + file + ": it is a folder; give the name of a file");
    }
    Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
    if (!Files.isDirectory(folder(target))) {
      throw new IOException(
          "cannot write " + file + ": there is no folder " + folder(target) + "; create it first");
    }
    return target;
  }

  /** Only a root has no parent, and that is a folder. */
  private static Path folder(Path target) {
    return Objects.requireNonNull(target.getParent());
  }

  // Moving a file over /dev/stdout would replace the device.
  private static void writeToDevice(Path file, Content content) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      content.writeTo(new WholeWrites(channel));
    } catch (IOException e) {
      throw new IOException("cannot write " + file + ": " + Reasons.of(e), e);
    }
  }

  private static void remove(Path temporary) {
    try {
      Files.deleteIfExists(temporary);
    } catch (IOException e) {
      // The failure that led here is the one to report; it is already on its way.
    }
  }

  // Makes the move itself last through a power cut.
  private static void forceFolder(Path folder) {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // Windows cannot open folders; the move has happened and was atomic all the same.
    }
  }

  private record WholeWrites(FileChannel channel) implements WritableByteChannel {
    @Override
    public int write(ByteBuffer source) throws IOException {
      int bytes = source.remaining();
      while (source.hasRemaining()) {
        channel.write(source);
      }
      return bytes;
    }

    @Override
    public boolean isOpen() {
      return channel.isOpen();
    }

    @Override
    public void close() {}
  }
}
