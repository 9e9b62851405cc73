package org.quadralib.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.quadralib.data.TestData.assertDataError;
import static org.quadralib.data.TestData.encode;
import static org.quadralib.data.TestData.grey;
import static org.quadralib.data.TestData.image;
import static org.quadralib.data.TestData.write;

import java.awt.image.BufferedImage;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageFilesTest {
  private static final ImageShape SHAPE = new ImageShape(3, 9, 7);

  @TempDir Path dir;

  private Path file(String name, byte[] bytes) {
    Path file = dir.resolve(name);
    write(file, bytes);
    return file;
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "bmp"})
  void exactFormatsGiveTheExactPixels(String format) {
    BufferedImage image = image(7, 9, 1);
    byte[] planes = ImageFiles.read(file("a." + format, encode(image, format)), SHAPE);
    for (int y = 0; y < 9; y++) {
      for (int x = 0; x < 7; x++) {
        int rgb = image.getRGB(x, y);
        assertEquals((byte) (rgb >> 16), planes[y * 7 + x]);
        assertEquals((byte) (rgb >> 8), planes[63 + y * 7 + x]);
        assertEquals((byte) rgb, planes[126 + y * 7 + x]);
      }
    }
  }

  @Test
  void greyValuesAreNotBrightened() {
    BufferedImage image = grey(7, 9, 2);
    ImageShape greyShape = new ImageShape(1, 9, 7);
    byte[] plane = ImageFiles.read(file("a.png", encode(image, "png")), greyShape);
    for (int i = 0; i < 63; i++) {
      assertEquals(image.getRaster().getSample(i % 7, i / 7, 0), plane[i] & 0xff);
    }
    byte[] planes = ImageFiles.read(dir.resolve("a.png"), SHAPE);
    assertArrayEquals(plane, Arrays.copyOfRange(planes, 63, 126));
    assertArrayEquals(plane, Arrays.copyOfRange(planes, 126, 189));
  }

  @Test
  void palettesAndTransparencyAreResolved() {
    BufferedImage clear = new BufferedImage(7, 9, BufferedImage.TYPE_INT_ARGB);
    clear.setRGB(3, 4, 0x80102030);
    byte[] planes = ImageFiles.read(file("a.png", encode(clear, "png")), SHAPE);
    int at = 4 * 7 + 3;
    assertArrayEquals(
        new byte[] {0x10, 0x20, 0x30}, new byte[] {planes[at], planes[63 + at], planes[126 + at]});

    BufferedImage bits = new BufferedImage(7, 9, BufferedImage.TYPE_BYTE_BINARY);
    bits.setRGB(3, 4, 0xffffff);
    byte[] plane = ImageFiles.read(file("b.png", encode(bits, "png")), new ImageShape(1, 9, 7));
    assertEquals((byte) 255, plane[at]);
    assertEquals(0, plane[at + 1]);

    BufferedImage palette = new BufferedImage(7, 9, BufferedImage.TYPE_BYTE_INDEXED);
    palette.setRGB(3, 4, 0xff3300);
    byte[] gif = ImageFiles.read(file("c.gif", encode(palette, "gif")), SHAPE);
    assertArrayEquals(
        new byte[] {(byte) 255, 0x33, 0}, new byte[] {gif[at], gif[63 + at], gif[126 + at]});
  }

  @Test
  void jpegComesClose() {
    BufferedImage smooth = new BufferedImage(16, 16, BufferedImage.TYPE_3BYTE_BGR);
    for (int i = 0; i < 256; i++) {
      smooth.setRGB(i % 16, i / 16, (i % 16 * 12) << 16 | (i / 16 * 9) << 8 | 80);
    }
    byte[] planes =
        ImageFiles.read(file("a.jpg", encode(smooth, "jpeg")), new ImageShape(3, 16, 16));
    for (int i = 0; i < 256; i++) {
      assertEquals(i % 16 * 12, planes[i] & 0xff, 20);
      assertEquals(i / 16 * 9, planes[256 + i] & 0xff, 20);
      assertEquals(80, planes[512 + i] & 0xff, 20);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"jpeg", "png", "gif", "bmp"})
  void truncatedImagesAreErrors(String format) {
    byte[] whole = encode(image(32, 32, 3), format);
    for (int length : new int[] {4, 20, whole.length / 2, whole.length * 9 / 10}) {
      Path file = file("cut." + format, Arrays.copyOf(whole, length));
      assertDataError(() -> ImageFiles.read(file, SHAPE), "cut." + format, "replace or remove it");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"jpeg", "png", "gif", "bmp"})
  void damagedImagesAreErrorsOfOneType(String format) {
    byte[] whole = encode(image(24, 24, 3), format);
    Random random = new Random(11);
    Path file = dir.resolve("damaged." + format);
    for (int i = 0; i < 200; i++) {
      byte[] bytes = whole.clone();
      for (int k = 0; k < 4; k++) {
        bytes[random.nextInt(Math.min(bytes.length, 200))] = (byte) random.nextInt();
      }
      write(file, bytes);
      try {
        assertEquals(SHAPE.size(), ImageFiles.read(file, SHAPE).length);
      } catch (DataException e) {
        assertTrue(e.getMessage().contains("damaged." + format), e.getMessage());
      }
    }
  }

  @Test
  void refusesWhatIsNotAnImage() {
    Path text = file("a.jpg", "hello".getBytes());
    assertDataError(() -> ImageFiles.read(text, SHAPE), "a.jpg", "not a JPEG, PNG, GIF or BMP");
    Path empty = file("b.png", new byte[0]);
    assertDataError(() -> ImageFiles.read(empty, SHAPE), "b.png is empty");
    assertDataError(() -> ImageFiles.read(dir.resolve("c.png"), SHAPE), "c.png is missing");
    assertDataError(() -> ImageFiles.read(dir, SHAPE), "is not a file");
    assertDataError(() -> ImageFiles.read(text, new ImageShape(2, 4, 4)), "1 channel");
  }

  @Test
  void refusesHugeImagesBeforeDecodingThem() {
    byte[] bytes = encode(image(4, 4, 3), "png");
    // The header chunk: length, "IHDR", width, height, five bytes, check sum.
    ByteBuffer png = ByteBuffer.wrap(bytes);
    png.putInt(16, 20_000).putInt(20, 20_000);
    CRC32 crc = new CRC32();
    crc.update(bytes, 12, 17);
    png.putInt(29, (int) crc.getValue());
    Path file = file("huge.png", bytes);
    assertDataError(() -> ImageFiles.read(file, SHAPE), "huge.png", "20000 x 20000");
  }

  @Test
  void refusesHugeFilesBeforeReadingThem() throws Exception {
    Path file = file("long.jpg", new byte[1]);
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      access.setLength(ImageDecoder.MAX_FILE_BYTES + 1); // sparse
    }
    assertDataError(() -> ImageFiles.read(file, SHAPE), "long.jpg", "more than the");
  }
}
