package org.quadralib.samples;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;

/** Image files of noise. */
final class TestImages {
  private static final Random RANDOM = new Random(17);

  private TestImages() {}

  /** Writes square images into a folder for each class. */
  static void write(Path folder, List<String> classes, int count, int size) throws IOException {
    for (String name : classes) {
      Files.createDirectories(folder.resolve(name));
      for (int i = 0; i < count; i++) {
        Files.write(folder.resolve(name).resolve(i + ".png"), png(size, size));
      }
    }
  }

  /** A colour image. */
  static byte[] png(int width, int height) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, RANDOM.nextInt(1 << 24));
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image, "png", out);
    return out.toByteArray();
  }
}
