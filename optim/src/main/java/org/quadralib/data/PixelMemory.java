package org.quadralib.data;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Off-heap memory for the pixels of a data set, freed when nothing refers to it any more. */
final class PixelMemory {
  /** Most bytes that one data set may have; it stops a hostile header, not an honest data set. */
  static final long MAX_BYTES = 64L << 30;

  private PixelMemory() {}

  /**
   * Allocates room for {@code count} images.
   *
   * @param owner the file or folder, for the message
   * @throws DataException if that is too much
   */
  static MemorySegment allocate(String owner, long count, ImageShape shape) {
    if (count > MAX_BYTES / shape.size()) {
      throw new DataException(
          "%s has %d images of %s, more than the %d GiB this reader holds: use fewer or smaller images."
              .formatted(owner, count, shape, MAX_BYTES >> 30));
    }
    long bytes = count * shape.size();
    try {
      return Arena.ofAuto().allocate(bytes);
    } catch (OutOfMemoryError e) {
      // The JVM bounds direct memory by -XX:MaxDirectMemorySize, by default the size of the heap.
      throw new DataException(
          "%s needs %d MiB off the heap for %d images of %s, and the JVM has not that much: "
                  .formatted(owner, bytes >> 20, count, shape)
              + "raise -XX:MaxDirectMemorySize, or use smaller images.",
          e);
    }
  }
}
