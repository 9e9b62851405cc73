package org.quadralib.vector.conv;

/**
 * Sizes of a two-dimensional convolution.
 *
 * <pre>
 * x  [batch, channels, height, width]
 * w  [filters, channels/groups, kernelHeight, kernelWidth]
 * y  [batch, filters, outputHeight, outputWidth]
 * y[n][o][p][q] = Σ_{c,i,j} w[o][c][i][j] · x[n][c][p·strideHeight + i·dilationHeight − paddingHeight][…]
 * </pre>
 *
 * Values of x outside the image count as zero.
 *
 * @param batch images
 * @param channels channels of x, a multiple of groups
 * @param height rows of x
 * @param width columns of x
 * @param filters channels of y, a multiple of groups
 * @param kernelHeight rows of the kernel
 * @param kernelWidth columns of the kernel
 * @param strideHeight rows of x from one row of y to the next
 * @param strideWidth columns of x from one column of y to the next
 * @param paddingHeight rows of zeros above and below x
 * @param paddingWidth columns of zeros on both sides of x
 * @param dilationHeight rows of x from one row of the kernel to the next
 * @param dilationWidth columns of x from one column of the kernel to the next
 * @param groups independent groups that channels and filters are divided into
 */
public record ConvShape(
    int batch,
    int channels,
    int height,
    int width,
    int filters,
    int kernelHeight,
    int kernelWidth,
    int strideHeight,
    int strideWidth,
    int paddingHeight,
    int paddingWidth,
    int dilationHeight,
    int dilationWidth,
    int groups) {

  /** Checks that the sizes make a convolution. */
  public ConvShape {
    if (batch < 1 || channels < 1 || height < 1 || width < 1 || filters < 1 || groups < 1) {
      throw new IllegalArgumentException(
          "Batch, channels, height, width, filters and groups must be at least 1, but are "
              + batch
              + ", "
              + channels
              + ", "
              + height
              + ", "
              + width
              + ", "
              + filters
              + ", "
              + groups
              + ".");
    }
    if (kernelHeight < 1
        || kernelWidth < 1
        || strideHeight < 1
        || strideWidth < 1
        || dilationHeight < 1
        || dilationWidth < 1
        || paddingHeight < 0
        || paddingWidth < 0) {
      throw new IllegalArgumentException(
          "Kernel, stride and dilation must be at least 1 and padding at least 0, but kernel is "
              + kernelHeight
              + "×"
              + kernelWidth
              + ", stride "
              + strideHeight
              + "×"
              + strideWidth
              + ", dilation "
              + dilationHeight
              + "×"
              + dilationWidth
              + ", padding "
              + paddingHeight
              + "×"
              + paddingWidth
              + ".");
    }
    if (channels % groups != 0 || filters % groups != 0) {
      throw new IllegalArgumentException(
          "Channels ("
              + channels
              + ") and filters ("
              + filters
              + ") must be multiples of groups ("
              + groups
              + ").");
    }
    if (height + 2L * paddingHeight <= (kernelHeight - 1L) * dilationHeight
        || width + 2L * paddingWidth <= (kernelWidth - 1L) * dilationWidth) {
      throw new IllegalArgumentException(
          "A kernel of "
              + kernelHeight
              + "×"
              + kernelWidth
              + " with dilation "
              + dilationHeight
              + "×"
              + dilationWidth
              + " does not fit an image of "
              + height
              + "×"
              + width
              + " with padding "
              + paddingHeight
              + "×"
              + paddingWidth
              + "; enlarge the padding.");
    }
  }

  /** A square kernel with the same stride and padding both ways, no dilation, one group. */
  public static ConvShape of(
      int batch,
      int channels,
      int height,
      int width,
      int filters,
      int kernel,
      int stride,
      int padding) {
    return new ConvShape(
        batch, channels, height, width, filters, kernel, kernel, stride, stride, padding, padding,
        1, 1, 1);
  }

  /** Rows of y. */
  public int outputHeight() {
    return (height + 2 * paddingHeight - (kernelHeight - 1) * dilationHeight - 1) / strideHeight
        + 1;
  }

  /** Columns of y. */
  public int outputWidth() {
    return (width + 2 * paddingWidth - (kernelWidth - 1) * dilationWidth - 1) / strideWidth + 1;
  }

  /** Channels of x that one filter reads. */
  public int channelsPerGroup() {
    return channels / groups;
  }

  /** Filters in a group. */
  public int filtersPerGroup() {
    return filters / groups;
  }

  /** Kernel positions. */
  public int kernelSize() {
    return kernelHeight * kernelWidth;
  }

  /** Values of x. */
  public long inputFloats() {
    return (long) batch * channels * height * width;
  }

  /** Values of y. */
  public long outputFloats() {
    return (long) batch * filters * outputHeight() * outputWidth();
  }

  /** Values of one weight map. */
  public long weightFloats() {
    return (long) filters * channelsPerGroup() * kernelSize();
  }

  /** Multiply-adds of one weight map. */
  public long multiplyAdds() {
    return outputFloats() * channelsPerGroup() * kernelSize();
  }

  /** Whether the convolution is a product of matrices over the pixels as they lie in memory. */
  boolean isPointwise() {
    return kernelSize() == 1
        && strideHeight == 1
        && strideWidth == 1
        && paddingHeight == 0
        && paddingWidth == 0;
  }

  /** The same pointwise convolution over images of a single row, which vectors divide better. */
  ConvShape flattened() {
    return new ConvShape(
        batch, channels, 1, height * width, filters, 1, 1, 1, 1, 0, 0, 1, 1, groups);
  }
}
