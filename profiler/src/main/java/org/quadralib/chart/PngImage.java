package org.quadralib.chart;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;

/**
 * A picture of red, green and blue bytes, and PNG (ISO/IEC 15948) made of it without a screen.
 *
 * @param rgb {@code [height, width, 3]}
 */
public record PngImage(int width, int height, byte[] rgb) {
  /** Checks the number of bytes. */
  public PngImage {
    if (width < 1 || height < 1 || rgb.length != 3 * width * height) {
      throw new IllegalArgumentException(
          "%d bytes are no picture of %d×%d".formatted(rgb.length, width, height));
    }
  }

  /** Gives the intensity of a pixel in one of three channels: red, green, blue. */
  @FunctionalInterface
  public interface Pixels {
    /** From 0 to 1; what lies outside is cut off. */
    double at(int channel, int row, int column);
  }

  /** Draws a picture pixel by pixel. */
  public static PngImage draw(int width, int height, Pixels pixels) {
    byte[] rgb = new byte[3 * width * height];
    for (int i = 0; i < rgb.length; i++) {
      double value = pixels.at(i % 3, i / 3 / width, i / 3 % width);
      rgb[i] = (byte) Math.round(255 * Math.clamp(value, 0, 1));
    }
    return new PngImage(width, height, rgb);
  }

  /** Intensity of a pixel in a channel, from 0 to 1. */
  public double at(int channel, int row, int column) {
    return Byte.toUnsignedInt(rgb[3 * (row * width + column) + channel]) / 255.0;
  }

  /** The file. */
  public byte[] png() {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(file)) {
      out.writeLong(0x89504E470D0A1A0AL);
      ByteArrayOutputStream header = new ByteArrayOutputStream();
      try (DataOutputStream fields = new DataOutputStream(header)) {
        fields.writeInt(width);
        fields.writeInt(height);
        fields.write(new byte[] {8, 2, 0, 0, 0}); // 8 bits, colour, no interlacing
      }
      chunk(out, "IHDR", header.toByteArray());
      chunk(out, "IDAT", deflated());
      chunk(out, "IEND", new byte[0]);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory does not fail
    }
    return file.toByteArray();
  }

  /** The file as an address that a page shows without fetching anything. */
  public String dataUri() {
    return "data:image/png;base64," + Base64.getEncoder().encodeToString(png());
  }

  private byte[] deflated() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DeflaterOutputStream out = new DeflaterOutputStream(bytes)) {
      for (int row = 0; row < height; row++) {
        out.write(0); // no filter
        out.write(rgb, 3 * width * row, 3 * width);
      }
    }
    return bytes.toByteArray();
  }

  private static void chunk(DataOutputStream out, String type, byte[] data) throws IOException {
    byte[] name = type.getBytes(StandardCharsets.US_ASCII);
    CRC32 crc = new CRC32();
    crc.update(name);
    crc.update(data);
    out.writeInt(data.length);
    out.write(name);
    out.write(data);
    out.writeInt((int) crc.getValue());
  }
}
