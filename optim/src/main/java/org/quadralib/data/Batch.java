package org.quadralib.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * A batch of examples in buffers that the loader uses again: it is valid until the next batch is
 * asked for or the stream is closed.
 */
public final class Batch {
  /** The label in the places of an incomplete batch that have no example. */
  public static final int NO_LABEL = -1;

  private static final long ALIGNMENT = 64; // a cache line, and the widest vector

  private final ImageShape shape;
  private final MemorySegment imageBuffer;
  private final MemorySegment labelBuffer;
  private final int[] indexes;
  private int epoch;
  private int number;
  private int count;

  Batch(ImageShape shape, int capacity, SegmentAllocator allocator) {
    this.shape = shape;
    this.imageBuffer = allocator.allocate(imageBytes(shape, capacity), ALIGNMENT);
    this.labelBuffer = allocator.allocate(labelBytes(capacity), ALIGNMENT);
    this.indexes = new int[capacity];
  }

  static long imageBytes(ImageShape shape, int capacity) {
    return (long) capacity * shape.size() * Float.BYTES;
  }

  static long labelBytes(int capacity) {
    return (long) capacity * Integer.BYTES;
  }

  /** Reads a batch; places beyond its examples become zero images without a label. */
  void fill(
      int newEpoch,
      int newNumber,
      int[] order,
      int from,
      int newCount,
      ExampleReader reader,
      Dataset dataset) {
    epoch = newEpoch;
    number = newNumber;
    count = newCount;
    for (int i = 0; i < count; i++) {
      int index = order[from + i];
      indexes[i] = index;
      reader.read(epoch, index, imageBuffer, i);
      labelBuffer.setAtIndex(ValueLayout.JAVA_INT, i, dataset.label(index));
    }
    if (count < indexes.length) {
      imageBuffer.asSlice(imageBytes(shape, count)).fill((byte) 0);
      for (int i = count; i < indexes.length; i++) {
        labelBuffer.setAtIndex(ValueLayout.JAVA_INT, i, NO_LABEL);
      }
    }
  }

  /** The epoch it belongs to. */
  public int epoch() {
    return epoch;
  }

  /** Its place in the epoch, from 0. */
  public int number() {
    return number;
  }

  /** Number of examples: the loader's batch size, less in the last batch of an epoch. */
  public int count() {
    return count;
  }

  /** The shape of one image. */
  public ImageShape shape() {
    return shape;
  }

  /** float32 [count, C, H, W], dense, aligned to 64 bytes. */
  public MemorySegment images() {
    return count == indexes.length ? imageBuffer : imageBuffer.asSlice(0, imageBytes(shape, count));
  }

  /** int32 [count]. */
  public MemorySegment labels() {
    return count == indexes.length ? labelBuffer : labelBuffer.asSlice(0, labelBytes(count));
  }

  /**
   * float32 [batch size, C, H, W]: the images, and zeros after them. For a network that is planned
   * for one batch size only.
   */
  public MemorySegment paddedImages() {
    return imageBuffer;
  }

  /** int32 [batch size]: the labels, and {@link #NO_LABEL} after them. */
  public MemorySegment paddedLabels() {
    return labelBuffer;
  }

  /** The example of the data set in a place of the batch. */
  public int index(int place) {
    if (place < 0 || place >= count) {
      throw new IndexOutOfBoundsException(
          "Place %d of a batch of %d examples.".formatted(place, count));
    }
    return indexes[place];
  }

  /** The examples of the data set, in the order of the batch; a new array. */
  public int[] indexes() {
    return Arrays.copyOf(indexes, count);
  }
}
