package org.quadralib.data;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.zip.GZIPInputStream;

/**
 * A file of a data set, read once from its start: plain or gzip (told apart by content), hashed as
 * it lies on disk, never trusted with a length.
 */
final class SourceFile implements AutoCloseable {
  /** Longest file of an idx or CIFAR data set; the largest published one has 0.8 GiB. */
  static final long MAX_FILE_BYTES = 2L << 30;

  /** Deflate turns one byte into at most 1032. */
  private static final long MAX_EXPANSION = 1032;

  private static final int CHUNK = 1 << 16;

  private final Path path;
  private final InputStream stored;
  private final InputStream content;
  private final long maxContentBytes;

  private SourceFile(Path path, InputStream stored, InputStream content, long maxContentBytes) {
    this.path = path;
    this.stored = stored;
    this.content = content;
    this.maxContentBytes = maxContentBytes;
  }

  /**
   * Opens a file.
   *
   * @param digest is fed every byte of the file as it lies on disk
   * @throws DataException if it is missing, not a file, empty or too long
   */
  static SourceFile open(Path path, MessageDigest digest) {
    long size = checkedSize(path, MAX_FILE_BYTES);
    try {
      InputStream raw = Files.newInputStream(path);
      try {
        InputStream stored = new DigestInputStream(new BufferedInputStream(raw, CHUNK), digest);
        if (!isGzip(path)) {
          return new SourceFile(path, stored, stored, size);
        }
        return new SourceFile(
            path, stored, new GZIPInputStream(stored, CHUNK), size * MAX_EXPANSION);
      } catch (IOException e) {
        raw.close();
        throw e;
      }
    } catch (IOException e) {
      throw damaged(path, e);
    }
  }

  /**
   * The length of a file.
   *
   * @throws DataException if it is missing, not a file, empty or longer than {@code maxBytes}
   */
  static long checkedSize(Path path, long maxBytes) {
    if (!Files.exists(path)) {
      throw new DataException(
          "%s is missing: check its name, or fetch the data set again.".formatted(path));
    }
    if (!Files.isRegularFile(path)) {
      throw new DataException("%s is not a file: give the folder that holds it.".formatted(path));
    }
    long size;
    try {
      size = Files.size(path);
    } catch (IOException e) {
      throw damaged(path, e);
    }
    if (size == 0) {
      throw new DataException("%s is empty: fetch it again.".formatted(path));
    }
    if (size > maxBytes) {
      throw new DataException(
          "%s has %d bytes, more than the %d that such a file may have: it is not what its name says."
              .formatted(path, size, maxBytes));
    }
    return size;
  }

  private static boolean isGzip(Path path) throws IOException {
    try (InputStream in = Files.newInputStream(path)) {
      return in.read() == 0x1f && in.read() == 0x8b;
    }
  }

  static DataException damaged(Path path, IOException cause) {
    return new DataException(
        "%s cannot be read (%s): it is damaged or not accessible; fetch it again."
            .formatted(path, reason(cause)),
        cause);
  }

  private static String reason(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }

  Path path() {
    return path;
  }

  /** The most bytes of content that this file can hold; nothing longer should be allocated. */
  long maxContentBytes() {
    return maxContentBytes;
  }

  /** Reads exactly {@code count} bytes into a buffer. */
  void read(byte[] destination, int count) {
    try {
      int got = content.readNBytes(destination, 0, count);
      if (got < count) {
        throw truncated(count - got);
      }
    } catch (IOException e) {
      throw damaged(path, e);
    }
  }

  /** Reads four bytes, the highest first. */
  int readInt() {
    byte[] bytes = new byte[Integer.BYTES];
    read(bytes, bytes.length);
    return ByteBuffer.wrap(bytes).getInt();
  }

  /** Fills a segment. */
  void read(MemorySegment destination) {
    byte[] chunk = new byte[CHUNK];
    long size = destination.byteSize();
    for (long at = 0; at < size; at += CHUNK) {
      int count = (int) Math.min(CHUNK, size - at);
      read(chunk, count);
      MemorySegment.copy(chunk, 0, destination, ValueLayout.JAVA_BYTE, at, count);
    }
  }

  /** Whether there is another byte; consumes it. */
  private boolean more() throws IOException {
    return content.read() >= 0;
  }

  /** Checks that everything was read, the end mark and check sum of a gzip file included. */
  void expectEnd() {
    try {
      if (more()) {
        throw new DataException(
            "%s goes on after its last example: it is damaged or of another format; fetch it again."
                .formatted(path));
      }
      stored.transferTo(OutputStream.nullOutputStream()); // for the digest
    } catch (IOException e) {
      throw damaged(path, e);
    }
  }

  private DataException truncated(long missing) {
    return new DataException(
        "%s is truncated (at least %d bytes are missing): fetch it again."
            .formatted(path, missing));
  }

  @Override
  public void close() {
    try {
      content.close();
    } catch (IOException e) {
      throw damaged(path, e);
    }
  }
}
