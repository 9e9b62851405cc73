package org.quadralib.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads single image files, for predictions on them. */
public final class ImageFiles {
  private ImageFiles() {}

  /**
   * Reads a JPEG, PNG, GIF or BMP file in a wanted shape: scaled to cover it, the overhang cut off
   * evenly, made grey or colour, exactly as {@code folder} data sets do.
   *
   * @param file at most 64 MiB and 8192 x 8192 pixels
   * @param shape the wanted shape, of 1 or 3 channels
   * @return unsigned bytes [C, H, W]
   * @throws DataException if the file is missing, not an image, damaged, or more than the heap can
   *     hold
   */
  public static byte[] read(Path file, ImageShape shape) {
    requireChannels(shape);
    return new ImageDecoder(DecodeMemory.ofHeap())
        .decode(file, bytes(file), image -> Resampler.fit(image, shape).pixels());
  }

  /** The content of an image file, of a bounded length. */
  static byte[] bytes(Path file) {
    SourceFile.checkedSize(file, ImageDecoder.MAX_FILE_BYTES);
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw SourceFile.damaged(file, e);
    } catch (OutOfMemoryError e) {
      throw DecodeMemory.full(file, e);
    }
  }

  static void requireChannels(ImageShape shape) {
    if (shape.channels() != 1 && shape.channels() != 3) {
      throw new DataException(
          "Images cannot be read as %s: give 1 channel (grey) or 3 (colour).".formatted(shape));
    }
  }
}
