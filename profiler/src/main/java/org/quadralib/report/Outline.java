package org.quadralib.report;

import org.quadralib.chart.PngImage;

/**
 * The border of an object in an image, to be drawn over pictures of it.
 *
 * @param mask where the object is, {@code [height × width]}
 * @param scale side of the square that a pixel of the image is drawn as
 */
record Outline(boolean[] mask, int height, int width, int scale) {
  private static final double[] COLOUR = {0.1, 0.7, 0.3};

  /** An image, enlarged, and the outline. */
  PngImage around(PngImage image) {
    return PngImage.draw(
        width * scale,
        height * scale,
        (channel, y, x) ->
            covers(y, x) ? COLOUR[channel] : image.at(channel, y / scale, x / scale));
  }

  /**
   * The outline on maps beside each other, drawn at this scale already.
   *
   * @param gap between two of them
   */
  PngImage over(PngImage maps, int gap) {
    return PngImage.draw(
        maps.width(),
        maps.height(),
        (channel, y, x) ->
            covers(y, x % (width * scale + gap)) ? COLOUR[channel] : maps.at(channel, y, x));
  }

  /** Whether a point lies on the object, at a side where there is none. */
  private boolean covers(int y, int x) {
    int thickness = Math.ceilDiv(scale, 8);
    return inside(y, x)
        && !(inside(y - thickness, x)
            && inside(y + thickness, x)
            && inside(y, x - thickness)
            && inside(y, x + thickness));
  }

  private boolean inside(int y, int x) {
    return y >= 0
        && x >= 0
        && y < height * scale
        && x < width * scale
        && mask[y / scale * width + x / scale];
  }
}
