package org.quadralib.backend.scalar;

import org.jspecify.annotations.Nullable;
import org.quadralib.backend.Kernel;
import org.quadralib.backend.Memory;
import org.quadralib.graph.op.Conv2d;
import org.quadralib.graph.op.Conv2dInputGradient;
import org.quadralib.graph.op.Conv2dWeightGradient;
import org.quadralib.graph.op.Dense;
import org.quadralib.graph.op.DenseInputGradient;
import org.quadralib.graph.op.DenseWeightGradient;
import org.quadralib.graph.op.LinearOp;
import org.quadralib.graph.op.Window;
import org.quadralib.tensor.Tensor;

/** Convolution and dense maps with their adjoints, map by map. */
final class ScalarLinear {
  private ScalarLinear() {}

  static Kernel kernel(LinearOp op, Memory m) {
    int maps = op.maps();
    return switch (op) {
      case Dense dense ->
          () -> {
            for (int i = 0; i < maps; i++) {
              dense(m.in(0), m.in(1 + i), dense.bias() ? m.in(1 + maps + i) : null, m.out(i));
            }
          };
      case DenseInputGradient dense ->
          () -> {
            m.out().fill(0);
            for (int i = 0; i < maps; i++) {
              denseInputGradient(m.in(i), m.in(maps + i), m.out());
            }
          };
      case DenseWeightGradient dense ->
          () -> {
            for (int i = 0; i < maps; i++) {
              denseWeightGradient(m.in(0), m.in(1 + i), m.out(i));
            }
          };
      case Conv2d conv ->
          () -> {
            for (int i = 0; i < maps; i++) {
              Tensor bias = conv.bias() ? m.in(1 + maps + i) : null;
              Positions at = new Positions(conv.window(), conv.groups(), m.in(0), m.out(i));
              conv(at, m.in(0), m.in(1 + i), bias, m.out(i));
            }
          };
      case Conv2dInputGradient conv ->
          () -> {
            m.out().fill(0);
            for (int i = 0; i < maps; i++) {
              Positions at = new Positions(conv.window(), conv.groups(), m.out(), m.in(i));
              convInputGradient(at, m.in(i), m.in(maps + i), m.out());
            }
          };
      case Conv2dWeightGradient conv ->
          () -> {
            for (int i = 0; i < maps; i++) {
              Positions at = new Positions(conv.window(), conv.groups(), m.in(0), m.in(1 + i));
              convWeightGradient(at, m.in(0), m.in(1 + i), m.out(i));
            }
          };
    };
  }

  private static void dense(Tensor x, Tensor w, @Nullable Tensor bias, Tensor y) {
    int batch = x.shape().dim(0);
    int in = x.shape().dim(1);
    int out = w.shape().dim(0);
    for (int n = 0; n < batch; n++) {
      for (int o = 0; o < out; o++) {
        double sum = bias == null ? 0 : bias.get(o);
        for (int i = 0; i < in; i++) {
          sum += x.get((long) n * in + i) * w.get((long) o * in + i);
        }
        y.set((long) n * out + o, sum);
      }
    }
  }

  private static void denseInputGradient(Tensor g, Tensor w, Tensor dx) {
    int batch = g.shape().dim(0);
    int out = g.shape().dim(1);
    int in = w.shape().dim(1);
    for (int n = 0; n < batch; n++) {
      for (int i = 0; i < in; i++) {
        double sum = 0;
        for (int o = 0; o < out; o++) {
          sum += g.get((long) n * out + o) * w.get((long) o * in + i);
        }
        long at = (long) n * in + i;
        dx.set(at, dx.get(at) + sum);
      }
    }
  }

  private static void denseWeightGradient(Tensor x, Tensor g, Tensor dw) {
    int batch = x.shape().dim(0);
    int in = x.shape().dim(1);
    int out = g.shape().dim(1);
    for (int o = 0; o < out; o++) {
      for (int i = 0; i < in; i++) {
        double sum = 0;
        for (int n = 0; n < batch; n++) {
          sum += g.get((long) n * out + o) * x.get((long) n * in + i);
        }
        dw.set((long) o * in + i, sum);
      }
    }
  }

  /** Extents of a convolution from {@code x [n, c, h, w]} to {@code y [n, o, oh, ow]}. */
  private record Positions(
      Window window,
      int batch,
      int height,
      int width,
      int out,
      int outHeight,
      int outWidth,
      int inPerGroup,
      int outPerGroup) {

    Positions(Window window, int groups, Tensor x, Tensor y) {
      this(
          window,
          x.shape().dim(0),
          x.shape().dim(2),
          x.shape().dim(3),
          y.shape().dim(1),
          y.shape().dim(2),
          y.shape().dim(3),
          x.shape().dim(1) / groups,
          y.shape().dim(1) / groups);
    }

    /** Row-major position in {@code y}. */
    long y(int n, int o, int oh, int ow) {
      return (((long) n * out + o) * outHeight + oh) * outWidth + ow;
    }

    /** Row-major position in {@code w} of a tap of channel {@code c} of the group. */
    long w(int o, int c, int kh, int kw) {
      return (((long) o * inPerGroup + c) * window.kernelHeight() + kh) * window.kernelWidth() + kw;
    }

    /** Row-major position in {@code x} of row {@code ih} of channel {@code c} of o's group. */
    long xRow(int n, int o, int c, int ih) {
      int channels = out / outPerGroup * inPerGroup;
      int channel = o / outPerGroup * inPerGroup + c;
      return (((long) n * channels + channel) * height + ih) * width;
    }

    int row(int oh, int kh) {
      return oh * window.strideHeight() - window.paddingHeight() + kh * window.dilationHeight();
    }

    int column(int ow, int kw) {
      return ow * window.strideWidth() - window.paddingWidth() + kw * window.dilationWidth();
    }

    boolean inRows(int ih) {
      return ih >= 0 && ih < height;
    }

    boolean inColumns(int iw) {
      return iw >= 0 && iw < width;
    }
  }

  private static void conv(Positions at, Tensor x, Tensor w, @Nullable Tensor bias, Tensor y) {
    for (int n = 0; n < at.batch; n++) {
      for (int o = 0; o < at.out; o++) {
        for (int oh = 0; oh < at.outHeight; oh++) {
          for (int ow = 0; ow < at.outWidth; ow++) {
            double sum = bias == null ? 0 : bias.get(o);
            for (int c = 0; c < at.inPerGroup; c++) {
              for (int kh = 0; kh < at.window.kernelHeight(); kh++) {
                int ih = at.row(oh, kh);
                if (!at.inRows(ih)) {
                  continue;
                }
                long xRow = at.xRow(n, o, c, ih);
                for (int kw = 0; kw < at.window.kernelWidth(); kw++) {
                  int iw = at.column(ow, kw);
                  if (at.inColumns(iw)) {
                    sum += x.get(xRow + iw) * w.get(at.w(o, c, kh, kw));
                  }
                }
              }
            }
            y.set(at.y(n, o, oh, ow), sum);
          }
        }
      }
    }
  }

  /** Each pixel gathers, so that it is summed in double precision before it is rounded. */
  private static void convInputGradient(Positions at, Tensor g, Tensor w, Tensor dx) {
    int groups = at.out / at.outPerGroup;
    for (int n = 0; n < at.batch; n++) {
      for (int group = 0; group < groups; group++) {
        int firstOut = group * at.outPerGroup;
        for (int c = 0; c < at.inPerGroup; c++) {
          for (int ih = 0; ih < at.height; ih++) {
            long xRow = at.xRow(n, firstOut, c, ih);
            for (int iw = 0; iw < at.width; iw++) {
              double sum = gather(at, g, w, n, firstOut, c, ih, iw);
              dx.set(xRow + iw, dx.get(xRow + iw) + sum);
            }
          }
        }
      }
    }
  }

  private static double gather(
      Positions at, Tensor g, Tensor w, int n, int firstOut, int c, int ih, int iw) {
    Window window = at.window;
    double sum = 0;
    for (int kh = 0; kh < window.kernelHeight(); kh++) {
      int top = ih + window.paddingHeight() - kh * window.dilationHeight();
      int oh = top / window.strideHeight();
      if (top < 0 || top % window.strideHeight() != 0 || oh >= at.outHeight) {
        continue;
      }
      for (int kw = 0; kw < window.kernelWidth(); kw++) {
        int left = iw + window.paddingWidth() - kw * window.dilationWidth();
        int ow = left / window.strideWidth();
        if (left < 0 || left % window.strideWidth() != 0 || ow >= at.outWidth) {
          continue;
        }
        for (int o = firstOut; o < firstOut + at.outPerGroup; o++) {
          sum += g.get(at.y(n, o, oh, ow)) * w.get(at.w(o, c, kh, kw));
        }
      }
    }
    return sum;
  }

  private static void convWeightGradient(Positions at, Tensor x, Tensor g, Tensor dw) {
    for (int o = 0; o < at.out; o++) {
      for (int c = 0; c < at.inPerGroup; c++) {
        for (int kh = 0; kh < at.window.kernelHeight(); kh++) {
          for (int kw = 0; kw < at.window.kernelWidth(); kw++) {
            double sum = 0;
            for (int n = 0; n < at.batch; n++) {
              for (int oh = 0; oh < at.outHeight; oh++) {
                int ih = at.row(oh, kh);
                if (!at.inRows(ih)) {
                  continue;
                }
                long xRow = at.xRow(n, o, c, ih);
                for (int ow = 0; ow < at.outWidth; ow++) {
                  int iw = at.column(ow, kw);
                  if (at.inColumns(iw)) {
                    sum += x.get(xRow + iw) * g.get(at.y(n, o, oh, ow));
                  }
                }
              }
            }
            dw.set(at.w(o, c, kh, kw), sum);
          }
        }
      }
    }
  }
}
