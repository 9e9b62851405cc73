package org.quadralib.graph.op;

import org.quadralib.tensor.Shape;
import org.quadralib.tensor.ShapeException;

/**
 * How a kernel slides over an image, for convolution and pooling. All extents are in pixels, height
 * before width.
 */
public record Window(
    int kernelHeight,
    int kernelWidth,
    int strideHeight,
    int strideWidth,
    int paddingHeight,
    int paddingWidth,
    int dilationHeight,
    int dilationWidth) {

  /** Rejects kernels, strides and dilations below 1 and negative padding. */
  public Window {
    if (Math.min(kernelHeight, kernelWidth) < 1
        || Math.min(strideHeight, strideWidth) < 1
        || Math.min(dilationHeight, dilationWidth) < 1
        || Math.min(paddingHeight, paddingWidth) < 0) {
      throw new ShapeException(
          "a window needs kernel, stride and dilation of at least 1 and no negative padding, but is"
              + " kernel %dx%d, stride %dx%d, padding %dx%d, dilation %dx%d"
                  .formatted(
                      kernelHeight,
                      kernelWidth,
                      strideHeight,
                      strideWidth,
                      paddingHeight,
                      paddingWidth,
                      dilationHeight,
                      dilationWidth));
    }
  }

  /** A square window without dilation. */
  public static Window square(int kernel, int stride, int padding) {
    return new Window(kernel, kernel, stride, stride, padding, padding, 1, 1);
  }

  /**
   * Shape of the result for an image {@code [n, c, h, w]}, with as many channels.
   *
   * @throws ShapeException if the padded image is smaller than the kernel
   */
  Shape output(Shape image) {
    return Shape.of(
        image.dim(0), image.dim(1), outputHeight(image.dim(2)), outputWidth(image.dim(3)));
  }

  /**
   * Rejects windows that lie in the padding altogether, of which there is no mean or maximum. With
   * padding of at most half the kernel that takes dilation.
   */
  void requireImageInSight(Shape image) {
    requireInSight(
        image.dim(2), kernelHeight, strideHeight, paddingHeight, dilationHeight, "height");
    requireInSight(image.dim(3), kernelWidth, strideWidth, paddingWidth, dilationWidth, "width");
  }

  private static void requireInSight(
      int extent, int kernel, int stride, int padding, int dilation, String side) {
    int last = extent + padding - dilation * (kernel - 1) - 1;
    for (int start = -padding; dilation > 1 && start <= last; start += stride) {
      int skipped = start < 0 ? (-start + dilation - 1) / dilation : 0;
      if (skipped >= kernel || start + skipped * dilation >= extent) {
        throw new ShapeException(
            "a window of %s %d (dilation %d) sees nothing of an image of %s %d but padding"
                .formatted(side, kernel, dilation, side, extent));
      }
    }
  }

  /** Number of taps. */
  public int taps() {
    return kernelHeight * kernelWidth;
  }

  /**
   * Output height for an input height: {@code ⌊(h + 2p − d(k−1) − 1)/s⌋ + 1}.
   *
   * @throws ShapeException if the padded image is smaller than the kernel
   */
  public int outputHeight(int height) {
    return output(height, kernelHeight, strideHeight, paddingHeight, dilationHeight, "height");
  }

  /** Output width for an input width; see {@link #outputHeight}. */
  public int outputWidth(int width) {
    return output(width, kernelWidth, strideWidth, paddingWidth, dilationWidth, "width");
  }

  private static int output(
      int extent, int kernel, int stride, int padding, int dilation, String side) {
    int room = extent + 2 * padding - dilation * (kernel - 1) - 1;
    if (room < 0) {
      throw new ShapeException(
          "a kernel of %s %d (dilation %d) does not fit an image of %s %d with padding %d"
              .formatted(side, kernel, dilation, side, extent, padding));
    }
    return room / stride + 1;
  }
}
