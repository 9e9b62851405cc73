package org.quadralib.data;

import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/**
 * The heap that decoding may take, shared by all threads that decode: a thread whose image would
 * not fit beside those of the others waits for them, and an image that fits in no case is an error
 * before anything is decoded.
 */
final class DecodeMemory {
  private static final long UNIT = 1024;

  private final int units;
  private final Semaphore free;

  /** So many bytes. */
  DecodeMemory(long bytes) {
    this.units = (int) Math.min(Integer.MAX_VALUE, bytes / UNIT);
    this.free = new Semaphore(units, true);
  }

  /** Three quarters of the heap; the rest is for the files themselves and everything else. */
  static DecodeMemory ofHeap() {
    return new DecodeMemory(Runtime.getRuntime().maxMemory() / 4 * 3);
  }

  /**
   * Does something that takes memory.
   *
   * @param bytes heap that it takes at most
   * @param file what it is for, for messages
   * @throws DataException if there is not that much, whoever else waits
   */
  <T> T with(long bytes, Path file, Supplier<T> work) {
    long wanted = Math.ceilDiv(bytes, UNIT);
    if (wanted > units) {
      throw new DataException(
          "%s needs %d MiB of Java heap to be decoded, and the JVM has %d MiB for that: "
                  .formatted(file, bytes >> 20, units * UNIT >> 20)
              + "give the JVM more (-Xmx), or make the image smaller.");
    }
    free.acquireUninterruptibly((int) wanted);
    try {
      return work.get();
    } finally {
      free.release((int) wanted);
    }
  }

  /** The error for a heap that is full all the same. */
  static DataException full(Path file, Throwable cause) {
    return new DataException(
        "There is not enough Java heap to read %s: give the JVM more (-Xmx), or make its images smaller."
            .formatted(file),
        cause);
  }
}
