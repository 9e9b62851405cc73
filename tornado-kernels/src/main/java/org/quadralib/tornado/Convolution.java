package org.quadralib.tornado;

import org.quadralib.graph.op.Window;
import org.quadralib.tensor.Shape;

/**
 * Extents of a convolution as its kernels take them. A dense map is a convolution of images of one
 * pixel.
 *
 * @param depth input channels of a group
 * @param width output channels of a group
 */
record Convolution(
    int batch, int depth, int groups, int width, int height, int columns, Window window) {
  static Convolution of(Window window, int groups, Shape x, int out) {
    return new Convolution(
        x.dim(0), x.dim(1) / groups, groups, out / groups, x.dim(2), x.dim(3), window);
  }

  /**
   * @param x {@code [n, in]}
   * @param weight {@code [out, in]}
   */
  static Convolution dense(Shape x, Shape weight) {
    return new Convolution(x.dim(0), x.dim(1), 1, weight.dim(0), 1, 1, Window.square(1, 1, 0));
  }

  /** What follows the number of elements. */
  int[] arguments(int maps) {
    return new int[] {
      maps,
      batch,
      depth,
      groups,
      width,
      height,
      columns,
      window.outputHeight(height),
      window.outputWidth(columns),
      window.kernelHeight(),
      window.kernelWidth(),
      window.strideHeight(),
      window.strideWidth(),
      window.paddingHeight(),
      window.paddingWidth(),
      window.dilationHeight(),
      window.dilationWidth()
    };
  }
}
