package org.quadralib.vector.loop;

import org.quadralib.graph.op.Window;

/**
 * One axis of a sliding window: which pixels the taps of an output read, and which outputs read a
 * pixel inside the image.
 *
 * @param extent pixels of the image
 * @param outputs positions of the window
 */
public record WindowAxis(
    int extent, int outputs, int kernel, int stride, int padding, int dilation) {

  /** The vertical axis for images of a height. */
  public static WindowAxis vertical(Window w, int height) {
    return new WindowAxis(
        height,
        w.outputHeight(height),
        w.kernelHeight(),
        w.strideHeight(),
        w.paddingHeight(),
        w.dilationHeight());
  }

  /** The horizontal axis for images of a width. */
  public static WindowAxis horizontal(Window w, int width) {
    return new WindowAxis(
        width,
        w.outputWidth(width),
        w.kernelWidth(),
        w.strideWidth(),
        w.paddingWidth(),
        w.dilationWidth());
  }

  /** The pixel that a tap of an output reads; outside {@code [0, extent)} it is padding. */
  public int pixel(int output, int tap) {
    return output * stride - padding + tap * dilation;
  }

  /** Whether a tap of an output reads a pixel of the image. */
  public boolean inside(int output, int tap) {
    int pixel = pixel(output, tap);
    return pixel >= 0 && pixel < extent;
  }

  /** First output whose tap reads a pixel of the image. */
  public int firstOutput(int tap) {
    return Math.max(0, Math.ceilDiv(padding - tap * dilation, stride));
  }

  /** Output after the last whose tap reads a pixel of the image. */
  public int endOutput(int tap) {
    int last = Math.floorDiv(extent - 1 + padding - tap * dilation, stride);
    return Math.max(firstOutput(tap), Math.min(outputs, last + 1));
  }

  /**
   * Taps of an output that count in a mean.
   *
   * @param paddingCounts whether those in the padding do
   */
  public int counted(int output, boolean paddingCounts) {
    int count = 0;
    for (int tap = 0; tap < kernel; tap++) {
      int pixel = pixel(output, tap);
      boolean counts = paddingCounts ? pixel < extent + padding : inside(output, tap);
      count += counts ? 1 : 0;
    }
    return count;
  }

  /** Whether there is one output that reads all pixels of the image and no padding. */
  public boolean global() {
    return outputs == 1 && kernel == extent && padding == 0 && dilation == 1;
  }

  /** Whether pairs of pixels go to one output each. */
  public boolean pairs() {
    return kernel == 2 && stride == 2 && padding == 0 && dilation == 1;
  }
}
