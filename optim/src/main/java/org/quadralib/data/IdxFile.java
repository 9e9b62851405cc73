package org.quadralib.data;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.security.MessageDigest;

/**
 * The idx format of MNIST: a magic number whose last byte is the number of dimensions, the
 * dimensions as 32-bit integers with the highest byte first, then unsigned bytes.
 */
final class IdxFile {
  private static final int IMAGES_MAGIC = 0x0803;
  private static final int LABELS_MAGIC = 0x0801;
  private static final int MAX_SIDE = 4096;
  private static final int MAX_COUNT = 1 << 26;

  private IdxFile() {}

  /** Grey images, one after the other. */
  record Images(int count, ImageShape shape, MemorySegment pixels) {}

  /** Reads an idx3 file of images. */
  static Images readImages(Path path, MessageDigest digest) {
    try (SourceFile file = SourceFile.open(path, digest)) {
      checkMagic(file, IMAGES_MAGIC, "images (idx3, unsigned bytes)");
      int count = file.readInt();
      int height = file.readInt();
      int width = file.readInt();
      if (count < 1
          || count > MAX_COUNT
          || height < 1
          || width < 1
          || height > MAX_SIDE
          || width > MAX_SIDE) {
        throw new DataException(
            "%s announces %s images of %s x %s, which cannot be: its header is damaged; fetch it again."
                .formatted(
                    path,
                    Integer.toUnsignedString(count),
                    Integer.toUnsignedString(height),
                    Integer.toUnsignedString(width)));
      }
      ImageShape shape = new ImageShape(1, height, width);
      checkLength(file, (long) count * shape.size());
      MemorySegment pixels = PixelMemory.allocate(path.toString(), count, shape);
      file.read(pixels);
      file.expectEnd();
      return new Images(count, shape, pixels);
    }
  }

  /** Reads an idx1 file of labels below {@code classes}. */
  static int[] readLabels(Path path, MessageDigest digest, int classes) {
    try (SourceFile file = SourceFile.open(path, digest)) {
      checkMagic(file, LABELS_MAGIC, "labels (idx1, unsigned bytes)");
      int count = file.readInt();
      if (count < 1 || count > MAX_COUNT) {
        throw new DataException(
            "%s announces %s labels, which cannot be: its header is damaged; fetch it again."
                .formatted(path, Integer.toUnsignedString(count)));
      }
      checkLength(file, count);
      byte[] bytes = new byte[count];
      file.read(bytes, count);
      file.expectEnd();
      int[] labels = new int[count];
      for (int i = 0; i < count; i++) {
        labels[i] = Byte.toUnsignedInt(bytes[i]);
        if (labels[i] >= classes) {
          throw new DataException(
              "%s: label %d is %d, but there are %d classes: the file is damaged or of another data set."
                  .formatted(path, i, labels[i], classes));
        }
      }
      return labels;
    }
  }

  private static void checkMagic(SourceFile file, int expected, String what) {
    int magic = file.readInt();
    if (magic != expected) {
      throw new DataException(
          "%s starts with 0x%08x, not with the 0x%08x of idx %s: it is damaged or another file."
              .formatted(file.path(), magic, expected, what));
    }
  }

  /** Compares what the header announces with what a file of this length can hold. */
  private static void checkLength(SourceFile file, long announced) {
    if (announced > Math.min(file.maxContentBytes(), SourceFile.MAX_FILE_BYTES)) {
      throw new DataException(
          "%s announces %d bytes of data, more than it can hold: it is truncated or damaged; fetch it again."
              .formatted(file.path(), announced));
    }
  }
}
