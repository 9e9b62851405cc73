package org.quadralib.backend.scalar;

import org.quadralib.backend.Kernel;
import org.quadralib.backend.Memory;
import org.quadralib.graph.op.Window;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.Tensor;

/** Pooling and its gradients. */
final class ScalarPooling {
  private ScalarPooling() {}

  static Kernel max(Window window, Memory m) {
    return () ->
        forEachWindow(
            window,
            m.in(0).shape(),
            (output, at) -> m.out().set(output, m.in(0).get(winner(at, m.in(0)))));
  }

  static Kernel maxGradient(Window window, Memory m) {
    return () -> {
      m.out().fill(0);
      forEachWindow(
          window,
          m.in(1).shape(),
          (output, at) -> add(m.out(), winner(at, m.in(1)), m.in(0).get(output)));
    };
  }

  static Kernel average(Window window, boolean countPadding, Memory m) {
    return () ->
        forEachWindow(
            window,
            m.in(0).shape(),
            (output, at) -> {
              double sum = 0;
              for (int i = 0; i < at.count; i++) {
                sum += m.in(0).get(at.pixels[i]);
              }
              m.out().set(output, sum / (countPadding ? at.padded : at.count));
            });
  }

  static Kernel averageGradient(Window window, boolean countPadding, Memory m) {
    return () -> {
      m.out().fill(0);
      forEachWindow(
          window,
          m.out().shape(),
          (output, at) -> {
            double share = m.in(0).get(output) / (countPadding ? at.padded : at.count);
            for (int i = 0; i < at.count; i++) {
              add(m.out(), at.pixels[i], share);
            }
          });
    };
  }

  /** The pixels under the window at one position, in row-major order. */
  private static final class Pixels {
    final long[] pixels;
    int count; // inside the image
    int padded; // inside the padded image

    Pixels(int taps) {
      pixels = new long[taps];
    }
  }

  private interface Visitor {
    void visit(long output, Pixels at);
  }

  private static long winner(Pixels at, Tensor x) {
    long best = at.pixels[0];
    for (int i = 1; i < at.count; i++) {
      double candidate = x.get(at.pixels[i]);
      if (candidate > x.get(best) || Double.isNaN(candidate)) {
        best = at.pixels[i];
      }
    }
    return best;
  }

  private static void add(Tensor tensor, long at, double amount) {
    tensor.set(at, tensor.get(at) + amount);
  }

  private static void forEachWindow(Window window, Shape x, Visitor visitor) {
    int height = x.dim(2);
    int width = x.dim(3);
    Pixels at = new Pixels(window.taps());
    long output = 0;
    for (int plane = 0; plane < x.dim(0) * x.dim(1); plane++) {
      for (int oh = 0; oh < window.outputHeight(height); oh++) {
        for (int ow = 0; ow < window.outputWidth(width); ow++) {
          at.count = 0;
          at.padded = 0;
          for (int kh = 0; kh < window.kernelHeight(); kh++) {
            int ih =
                oh * window.strideHeight() - window.paddingHeight() + kh * window.dilationHeight();
            for (int kw = 0; kw < window.kernelWidth(); kw++) {
              int iw =
                  ow * window.strideWidth() - window.paddingWidth() + kw * window.dilationWidth();
              if (ih < height + window.paddingHeight() && iw < width + window.paddingWidth()) {
                at.padded++;
              }
              if (ih >= 0 && ih < height && iw >= 0 && iw < width) {
                at.pixels[at.count++] = ((long) plane * height + ih) * width + iw;
              }
            }
          }
          visitor.visit(output++, at);
        }
      }
    }
  }
}
