package org.quadralib.data;

/**
 * Brings images to a wanted shape: scaled to cover it, the overhang cut off evenly, grey and colour
 * converted into each other.
 *
 * <p>Scaling is separable with a triangle filter that is as wide as a source pixel when enlarging
 * and as a target pixel when shrinking, so that shrinking averages instead of skipping (the
 * "antialias" of common libraries). Java's floating point is strict, so the bits are the same
 * everywhere.
 */
final class Resampler {
  private Resampler() {}

  /** The image in the wanted shape; the same object when it has that already. */
  static ImageDecoder.Planes fit(ImageDecoder.Planes image, ImageShape wanted) {
    ImageDecoder.Planes converted = withChannels(image, wanted.channels());
    if (converted.shape().equals(wanted)) {
      return converted;
    }
    ImageShape from = converted.shape();
    // The larger factor covers the wanted shape; what is cut off lies equally on both sides.
    double step =
        Math.min((double) from.height() / wanted.height(), (double) from.width() / wanted.width());
    Axis rows = Axis.of(from.height(), wanted.height(), step);
    Axis columns = Axis.of(from.width(), wanted.width(), step);
    byte[] pixels = new byte[wanted.size()];
    float[] strip = new float[from.height() * wanted.width()];
    for (int c = 0; c < wanted.channels(); c++) {
      scaleColumns(converted.pixels(), c * from.height() * from.width(), from, columns, strip);
      scaleRows(strip, rows, wanted, pixels, c * wanted.height() * wanted.width());
    }
    return new ImageDecoder.Planes(wanted, pixels);
  }

  private static ImageDecoder.Planes withChannels(ImageDecoder.Planes image, int channels) {
    ImageShape from = image.shape();
    if (from.channels() == channels) {
      return image;
    }
    int plane = from.height() * from.width();
    byte[] source = image.pixels();
    byte[] pixels = new byte[channels * plane];
    if (from.channels() == 1) {
      for (int c = 0; c < channels; c++) {
        System.arraycopy(source, 0, pixels, c * plane, plane);
      }
    } else if (channels == 1) {
      for (int i = 0; i < plane; i++) {
        int red = source[i] & 0xff;
        int green = source[plane + i] & 0xff;
        int blue = source[2 * plane + i] & 0xff;
        pixels[i] = (byte) ((299 * red + 587 * green + 114 * blue + 500) / 1000); // Rec. 601
      }
    } else {
      throw new IllegalArgumentException(
          "An image of %d channels cannot become one of %d: give 1 or 3."
              .formatted(from.channels(), channels));
    }
    return new ImageDecoder.Planes(new ImageShape(channels, from.height(), from.width()), pixels);
  }

  private static void scaleColumns(
      byte[] source, int offset, ImageShape from, Axis axis, float[] strip) {
    int width = axis.start.length;
    for (int y = 0; y < from.height(); y++) {
      int row = offset + y * from.width();
      for (int x = 0; x < width; x++) {
        float sum = 0;
        float[] weights = axis.weights[x];
        for (int k = 0; k < weights.length; k++) {
          sum += weights[k] * (source[row + axis.start[x] + k] & 0xff);
        }
        strip[y * width + x] = sum;
      }
    }
  }

  private static void scaleRows(
      float[] strip, Axis axis, ImageShape wanted, byte[] pixels, int offset) {
    int width = wanted.width();
    for (int y = 0; y < wanted.height(); y++) {
      float[] weights = axis.weights[y];
      for (int x = 0; x < width; x++) {
        float sum = 0;
        for (int k = 0; k < weights.length; k++) {
          sum += weights[k] * strip[(axis.start[y] + k) * width + x];
        }
        pixels[offset + y * width + x] = (byte) Math.clamp(Math.round(sum), 0, 255);
      }
    }
  }

  /** For each target position, the first source position that counts and the weights from there. */
  private record Axis(int[] start, float[][] weights) {

    static Axis of(int from, int to, double step) {
      double first = (from - to * step) / 2; // half of the overhang
      double support = Math.max(1, step);
      int[] start = new int[to];
      float[][] weights = new float[to][];
      for (int i = 0; i < to; i++) {
        double centre = first + (i + 0.5) * step;
        int low = Math.max(0, (int) Math.floor(centre - support + 0.5));
        int high = Math.min(from, (int) Math.floor(centre + support + 0.5));
        start[i] = low;
        weights[i] = triangle(low, high, centre, support);
      }
      return new Axis(start, weights);
    }

    private static float[] triangle(int low, int high, double centre, double support) {
      double[] raw = new double[high - low];
      double sum = 0;
      for (int k = 0; k < raw.length; k++) {
        raw[k] = Math.max(0, 1 - Math.abs(low + k + 0.5 - centre) / support);
        sum += raw[k];
      }
      float[] weights = new float[raw.length];
      for (int k = 0; k < raw.length; k++) {
        weights[k] = (float) (raw[k] / sum);
      }
      return weights;
    }
  }
}
