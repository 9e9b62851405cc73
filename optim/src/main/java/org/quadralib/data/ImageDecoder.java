package org.quadralib.data;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.awt.image.PixelInterleavedSampleModel;
import java.awt.image.Raster;
import java.awt.image.SampleModel;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Function;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Turns the bytes of a JPEG, PNG, GIF or BMP file into planes of unsigned bytes.
 *
 * <p>The format is told by the first bytes, and only these four are tried: each reader more is one
 * more that hostile bytes can reach. The size is checked from the header before pixels are decoded,
 * and a file that decodes with a warning, such as a truncated JPEG, counts as damaged. Transparency
 * and colour profiles are ignored. Holds readers that are used again and again, so it belongs to
 * one thread.
 */
final class ImageDecoder {
  static final long MAX_FILE_BYTES = 64L << 20;
  static final long MAX_PIXELS = 8192L * 8192L;

  /** Planes as decoded, and once more with other channels. */
  private static final int PLANE_BYTES_PER_PIXEL = 6;

  private final DecodeMemory memory;
  private final Map<String, ImageReader> readers = new HashMap<>();
  private @Nullable String warning;

  /**
   * A decoder for one thread.
   *
   * @param memory what the decoders of all threads may take together
   */
  ImageDecoder(DecodeMemory memory) {
    this.memory = memory;
  }

  /** An image as planes [C, H, W]; one channel if it was grey, else red, green, blue. */
  record Planes(ImageShape shape, byte[] pixels) {}

  /**
   * Decodes an image.
   *
   * @param file where the bytes come from, for messages
   * @param use makes of the image what is wanted of it, while its memory is reserved
   * @throws DataException if they are not an image, damaged, of too many pixels, or more than the
   *     heap can hold
   */
  <T> T decode(Path file, byte[] bytes, Function<Planes, T> use) {
    ImageReader reader = reader(file, bytes);
    warning = null;
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
      reader.setInput(in, true, true);
      checkSize(file, reader.getWidth(0), reader.getHeight(0));
      return memory.with(heapBytes(reader), file, () -> use.apply(read(file, reader)));
    } catch (IOException | RuntimeException e) {
      throw failure(file, e);
    } catch (OutOfMemoryError e) {
      throw DecodeMemory.full(file, e);
    } finally {
      reader.setInput(null);
    }
  }

  private Planes read(Path file, ImageReader reader) {
    try {
      BufferedImage image = reader.read(0);
      if (warning != null) {
        throw new DataException(
            "%s is a damaged image (%s): replace or remove it.".formatted(file, warning));
      }
      return planes(file, image);
    } catch (IOException e) {
      throw failure(file, e);
    }
  }

  /**
   * The readers of the JDK answer some damaged files with an IllegalArgumentException, an
   * IndexOutOfBoundsException and others, and a full heap at times with an exception around it.
   */
  private static DataException failure(Path file, Exception e) {
    if (e instanceof DataException known) {
      return known;
    }
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof OutOfMemoryError) {
        return DecodeMemory.full(file, e);
      }
    }
    return new DataException(
        "%s is a damaged image (%s): replace or remove it."
            .formatted(
                file, e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()),
        e);
  }

  /** What the image takes as the reader makes it, and then as planes. */
  private static long heapBytes(ImageReader reader) throws IOException {
    Iterator<ImageTypeSpecifier> types = reader.getImageTypes(0);
    long bits = Integer.SIZE; // the most that 8-bit samples have, if the reader does not say
    if (types.hasNext()) {
      SampleModel samples = types.next().getSampleModel();
      bits =
          (long) samples.getNumDataElements() * DataBuffer.getDataTypeSize(samples.getDataType());
    }
    long pixels = (long) reader.getWidth(0) * reader.getHeight(0);
    return pixels * (Math.ceilDiv(bits, Byte.SIZE) + PLANE_BYTES_PER_PIXEL);
  }

  private static void checkSize(Path file, int width, int height) {
    if (width < 1 || height < 1 || (long) width * height > MAX_PIXELS) {
      throw new DataException(
          "%s announces %d x %d pixels; from 1 to %d pixels are read: replace or remove it."
              .formatted(file, width, height, MAX_PIXELS));
    }
  }

  private ImageReader reader(Path file, byte[] bytes) {
    String format = format(bytes);
    if (format == null) {
      throw new DataException(
          "%s is not a JPEG, PNG, GIF or BMP image: replace or remove it.".formatted(file));
    }
    return readers.computeIfAbsent(format, this::newReader);
  }

  private ImageReader newReader(String format) {
    Iterator<ImageReader> found = ImageIO.getImageReadersByFormatName(format);
    if (!found.hasNext()) {
      throw new DataException(
          "This Java has no reader for %s images: use a full JDK with the module java.desktop."
              .formatted(format));
    }
    ImageReader reader = found.next();
    reader.addIIOReadWarningListener((source, message) -> warning = message);
    return reader;
  }

  private static @Nullable String format(byte[] bytes) {
    if (startsWith(bytes, 0xff, 0xd8, 0xff)) {
      return "jpeg";
    }
    if (startsWith(bytes, 0x89, 'P', 'N', 'G')) {
      return "png";
    }
    if (startsWith(bytes, 'G', 'I', 'F', '8')) {
      return "gif";
    }
    return startsWith(bytes, 'B', 'M') ? "bmp" : null;
  }

  private static boolean startsWith(byte[] bytes, int... magic) {
    if (bytes.length < magic.length) {
      return false;
    }
    for (int i = 0; i < magic.length; i++) {
      if ((bytes[i] & 0xff) != magic[i]) {
        return false;
      }
    }
    return true;
  }

  private static Planes planes(Path file, BufferedImage image) {
    int height = image.getHeight();
    int width = image.getWidth();
    ColorModel model = image.getColorModel();
    if (isGrey(model)) {
      return new Planes(new ImageShape(1, height, width), greyPlane(image));
    }
    if (model.getColorSpace().getType() != ColorSpace.TYPE_RGB) {
      throw new DataException(
          "%s is neither grey nor red-green-blue (CMYK, for example): convert it to RGB."
              .formatted(file));
    }
    ImageShape shape = new ImageShape(3, height, width);
    byte[] pixels = new byte[shape.size()];
    if (isPackedBgr(image)) {
      splitBgr(((DataBufferByte) image.getRaster().getDataBuffer()).getData(), pixels);
    } else if (model instanceof ComponentColorModel) {
      for (int c = 0; c < 3; c++) {
        copyBand(image.getRaster(), c, pixels, c * height * width);
      }
    } else {
      splitRgb(image, pixels);
    }
    return new Planes(shape, pixels);
  }

  private static boolean isGrey(ColorModel model) {
    if (!(model instanceof IndexColorModel palette)) {
      return model.getColorSpace().getType() == ColorSpace.TYPE_GRAY;
    }
    for (int i = 0; i < palette.getMapSize(); i++) {
      if (palette.getRed(i) != palette.getGreen(i) || palette.getRed(i) != palette.getBlue(i)) {
        return false;
      }
    }
    return true;
  }

  /**
   * The stored grey values. BufferedImage.getRGB would not do: Java takes its grey colour space for
   * linear light and would brighten every value.
   */
  private static byte[] greyPlane(BufferedImage image) {
    byte[] pixels = new byte[image.getHeight() * image.getWidth()];
    copyBand(image.getRaster(), 0, pixels, 0);
    if (image.getColorModel() instanceof IndexColorModel palette) {
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] = (byte) palette.getGreen(pixels[i] & 0xff);
      }
    }
    return pixels;
  }

  /** One band as stored, colour profiles aside; of 16-bit samples the upper half. */
  private static void copyBand(Raster raster, int band, byte[] pixels, int offset) {
    int width = raster.getWidth();
    int shift = raster.getTransferType() == DataBuffer.TYPE_USHORT ? 8 : 0;
    int[] row = new int[width];
    for (int y = 0; y < raster.getHeight(); y++) {
      raster.getSamples(0, y, width, 1, band, row);
      for (int x = 0; x < width; x++) {
        pixels[offset + y * width + x] = (byte) (row[x] >> shift);
      }
    }
  }

  /** Whether the image is the bytes blue, green, red, pixel after pixel without gaps. */
  private static boolean isPackedBgr(BufferedImage image) {
    return image.getType() == BufferedImage.TYPE_3BYTE_BGR
        && image.getRaster().getSampleModel() instanceof PixelInterleavedSampleModel model
        && model.getScanlineStride() == 3 * image.getWidth()
        && image.getRaster().getDataBuffer().getSize() == 3 * image.getWidth() * image.getHeight();
  }

  private static void splitBgr(byte[] bgr, byte[] pixels) {
    int plane = bgr.length / 3;
    for (int i = 0; i < plane; i++) {
      pixels[i] = bgr[3 * i + 2];
      pixels[plane + i] = bgr[3 * i + 1];
      pixels[2 * plane + i] = bgr[3 * i];
    }
  }

  private static void splitRgb(BufferedImage image, byte[] pixels) {
    int width = image.getWidth();
    int plane = width * image.getHeight();
    int[] row = new int[width];
    for (int y = 0; y < image.getHeight(); y++) {
      image.getRGB(0, y, width, 1, row, 0, width);
      for (int x = 0; x < width; x++) {
        int at = y * width + x;
        pixels[at] = (byte) (row[x] >> 16);
        pixels[plane + at] = (byte) (row[x] >> 8);
        pixels[2 * plane + at] = (byte) row[x];
      }
    }
  }
}
