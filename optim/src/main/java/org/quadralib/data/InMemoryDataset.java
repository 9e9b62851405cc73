package org.quadralib.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.List;
import java.util.Objects;

/**
 * A data set held as unsigned bytes in memory.
 *
 * <p>The readers of this package keep their pixels off the heap, in a segment that is freed when
 * the data set is no longer reachable. Compared with a {@code byte[]} there is no limit of 2 GiB,
 * and the heap stays small whatever the data set; compared with float32 it is a quarter of the
 * bytes.
 */
public final class InMemoryDataset implements Dataset {
  private final String name;
  private final ImageShape shape;
  private final List<String> classNames;
  private final int maxValue;
  private final MemorySegment pixels;
  private final int[] labels;
  private final String checksum;

  InMemoryDataset(
      String name,
      ImageShape shape,
      List<String> classNames,
      int maxValue,
      MemorySegment pixels,
      int[] labels,
      String checksum) {
    this.name = Objects.requireNonNull(name);
    this.shape = Objects.requireNonNull(shape);
    this.classNames = List.copyOf(classNames);
    this.maxValue = maxValue;
    this.pixels = pixels.asReadOnly();
    this.labels = labels;
    this.checksum = Objects.requireNonNull(checksum);
    if (pixels.byteSize() != (long) labels.length * shape.size()) {
      throw new IllegalArgumentException(
          "%s has %d labels but %d bytes of %s images: give one label per image."
              .formatted(name, labels.length, pixels.byteSize(), shape));
    }
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] < 0 || labels[i] >= this.classNames.size()) {
        throw new IllegalArgumentException(
            "%s: example %d has the label %d, but there are %d classes: labels start at 0."
                .formatted(name, i, labels[i], this.classNames.size()));
      }
    }
  }

  /**
   * A data set of images that the caller made.
   *
   * @param name a short name
   * @param shape the shape of one image
   * @param classNames one name per class
   * @param pixels the images one after the other, each [C, H, W], 0..255; copied
   * @param labels one class per image; copied
   * @throws IllegalArgumentException if sizes do not agree or a label is not a class
   */
  public static InMemoryDataset of(
      String name, ImageShape shape, List<String> classNames, byte[] pixels, int[] labels) {
    MessageDigest digest = Checksums.sha256();
    digest.update(pixels);
    ByteBuffer label = ByteBuffer.allocate(Integer.BYTES);
    for (int value : labels) {
      digest.update(label.putInt(0, value).array());
    }
    return new InMemoryDataset(
        name,
        shape,
        classNames,
        255,
        MemorySegment.ofArray(pixels.clone()),
        labels.clone(),
        Checksums.hex(digest));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public long heldBytes() {
    return pixels.byteSize();
  }

  @Override
  public int size() {
    return labels.length;
  }

  @Override
  public ImageShape shape() {
    return shape;
  }

  @Override
  public List<String> classNames() {
    return classNames;
  }

  @Override
  public int label(int index) {
    return labels[index];
  }

  @Override
  public void pixels(int index, byte[] destination) {
    Objects.checkIndex(index, labels.length);
    int size = shape.size();
    MemorySegment.copy(pixels, ValueLayout.JAVA_BYTE, (long) index * size, destination, 0, size);
  }

  @Override
  public int maxValue() {
    return maxValue;
  }

  @Override
  public String checksum() {
    return checksum;
  }
}
