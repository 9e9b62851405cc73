package org.quadralib.report;

import java.util.List;
import org.quadralib.chart.PngImage;

/**
 * Numbers of both signs as a picture: white is 0, blue positive, orange negative, the stronger the
 * larger, relative to the largest of the maps shown together.
 */
final class SignedMaps {
  /** Points between two maps. */
  static final int GAP = 4;

  private static final double[] POSITIVE = {0, 0.45, 0.70};
  private static final double[] NEGATIVE = {0.84, 0.37, 0};

  private SignedMaps() {}

  /**
   * Rows of maps.
   *
   * @param rows each of as many maps {@code [height × width]}, with a scale of its own
   * @param scale side of the square that a number becomes
   */
  static PngImage grid(List<List<float[]>> rows, int height, int width, int scale) {
    int columns = rows.getFirst().size();
    double[] largest = rows.stream().mapToDouble(SignedMaps::largest).toArray();
    int cellHeight = height * scale + GAP;
    int cellWidth = width * scale + GAP;
    return PngImage.draw(
        columns * cellWidth - GAP,
        rows.size() * cellHeight - GAP,
        (channel, y, x) -> {
          int row = y / cellHeight;
          int insideY = y % cellHeight;
          int insideX = x % cellWidth;
          boolean empty = x / cellWidth >= rows.get(row).size();
          if (empty || insideY >= height * scale || insideX >= width * scale) {
            return 0.6; // between the maps
          }
          float value = rows.get(row).get(x / cellWidth)[insideY / scale * width + insideX / scale];
          double strength = largest[row] > 0 ? Math.abs(value) / largest[row] : 0;
          double[] full = value >= 0 ? POSITIVE : NEGATIVE;
          return Double.isNaN(value) ? 0 : 1 - strength * (1 - full[channel]);
        });
  }

  private static double largest(List<float[]> maps) {
    double largest = 0;
    for (float[] map : maps) {
      for (float value : map) {
        largest = Math.max(largest, Float.isFinite(value) ? Math.abs(value) : 0);
      }
    }
    return largest;
  }
}
