package org.quadralib.data;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.function.Executable;

/** Small data sets, files and images for the tests of this package. */
final class TestData {
  private TestData() {}

  /** Random images whose first pixel is the index of the example, classes in turn. */
  static InMemoryDataset numbered(int size, int classes, ImageShape shape) {
    byte[] pixels = new byte[size * shape.size()];
    new Random(5).nextBytes(pixels);
    int[] labels = new int[size];
    for (int i = 0; i < size; i++) {
      pixels[i * shape.size()] = (byte) i;
      labels[i] = i % classes;
    }
    return InMemoryDataset.of("numbered", shape, classNames(classes), pixels, labels);
  }

  static List<String> classNames(int count) {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      names.add("class" + i);
    }
    return names;
  }

  /** Runs something that must fail with a {@link DataException} that says all of some things. */
  static DataException assertDataError(Executable action, String... parts) {
    DataException e = assertThrows(DataException.class, action);
    for (String part : parts) {
      assertTrue(e.getMessage().contains(part), () -> e.getMessage() + " lacks " + part);
    }
    return e;
  }

  static void write(Path file, byte[] bytes) {
    try {
      Files.createDirectories(file.getParent());
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** An idx file: a magic number, dimensions, data. */
  static byte[] idx(int magic, int[] dimensions, byte[] data) {
    ByteBuffer buffer = ByteBuffer.allocate(4 + 4 * dimensions.length + data.length);
    buffer.putInt(magic);
    for (int dimension : dimensions) {
      buffer.putInt(dimension);
    }
    return buffer.put(data).array();
  }

  /** A colour image of random pixels. */
  static BufferedImage image(int width, int height, long seed) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
    Random random = new Random(seed);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, random.nextInt(1 << 24));
      }
    }
    return image;
  }

  /** A grey image of random pixels. */
  static BufferedImage grey(int width, int height, long seed) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_GRAY);
    Random random = new Random(seed);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.getRaster().setSample(x, y, 0, random.nextInt(256));
      }
    }
    return image;
  }

  static byte[] encode(BufferedImage image, String format) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      if (!ImageIO.write(image, format, out)) {
        throw new IllegalArgumentException("No writer for " + format);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  static byte[] pixels(Dataset dataset, int index) {
    byte[] pixels = new byte[dataset.shape().size()];
    dataset.pixels(index, pixels);
    return pixels;
  }
}
