package org.quadralib.backend.scalar;

import org.quadralib.backend.Kernel;
import org.quadralib.backend.Memory;
import org.quadralib.graph.op.Fold;
import org.quadralib.graph.op.Unfold;
import org.quadralib.graph.op.Window;
import org.quadralib.tensor.Shape;

/** Images to patches and back. */
final class ScalarPatches {
  private ScalarPatches() {}

  /**
   * What happens to each pair of a pixel and a patch element; the pixel is −1 outside the image.
   */
  private interface Visitor {
    void visit(long pixel, long element);
  }

  static Kernel unfold(Unfold op, Memory m) {
    return () ->
        forEach(
            op.window(),
            m.in(0).shape(),
            (pixel, element) -> m.out().set(element, pixel < 0 ? 0 : m.in(0).get(pixel)));
  }

  static Kernel fold(Fold op, Memory m) {
    return () -> {
      m.out().fill(0);
      forEach(
          op.window(),
          op.x(),
          (pixel, element) -> {
            if (pixel >= 0) {
              m.out().set(pixel, m.out().get(pixel) + m.in(0).get(element));
            }
          });
    };
  }

  // Patches are laid out [n, groups, channels of the group, kh, kw, oh, ow]: groups fall out of it.
  private static void forEach(Window window, Shape x, Visitor visitor) {
    int outHeight = window.outputHeight(x.dim(2));
    int outWidth = window.outputWidth(x.dim(3));
    long element = 0;
    for (int plane = 0; plane < x.dim(0) * x.dim(1); plane++) {
      for (int kh = 0; kh < window.kernelHeight(); kh++) {
        for (int kw = 0; kw < window.kernelWidth(); kw++) {
          for (int oh = 0; oh < outHeight; oh++) {
            for (int ow = 0; ow < outWidth; ow++) {
              int ih =
                  oh * window.strideHeight()
                      - window.paddingHeight()
                      + kh * window.dilationHeight();
              int iw =
                  ow * window.strideWidth() - window.paddingWidth() + kw * window.dilationWidth();
              boolean inside = ih >= 0 && ih < x.dim(2) && iw >= 0 && iw < x.dim(3);
              long pixel = inside ? ((long) plane * x.dim(2) + ih) * x.dim(3) + iw : -1;
              visitor.visit(pixel, element++);
            }
          }
        }
      }
    }
  }
}
