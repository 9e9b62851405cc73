package org.quadralib.tornado.kernel;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Largest values and means of windows, and their gradients. */
public final class PoolingKernels {
  private PoolingKernels() {}

  /** {@code n, x, y, window}: largest value in each window of images {@code [planes, h, w]}. */
  public static void maxPool(
      FloatArray memory,
      IntArray program,
      IntArray counters,
      FloatArray constants,
      IntArray integers,
      int unit,
      int threads,
      int blocked) {
    for (@Parallel int t = 0; t < threads; t++) {
      int at = counters.get(unit);
      int n = program.get(at + 2);
      int x = program.get(at + 3);
      int y = program.get(at + 4);
      int h = program.get(at + 5);
      int w = program.get(at + 6);
      int oh = program.get(at + 7);
      int ow = program.get(at + 8);
      int kh = program.get(at + 9);
      int kw = program.get(at + 10);
      int sh = program.get(at + 11);
      int sw = program.get(at + 12);
      int ph = program.get(at + 13);
      int pw = program.get(at + 14);
      int dh = program.get(at + 15);
      int dw = program.get(at + 16);
      int last = Work.last(t, n, threads, blocked);
      int step = Work.step(threads, blocked);
      for (int i = Work.first(t, n, threads, blocked); i < last; i += step) {
        int column = i % ow;
        int row = i / ow % oh;
        int plane = i / (ow * oh);
        memory.set(
            y + i,
            memory.get(
                x
                    + winner(
                        memory,
                        x,
                        plane * h * w,
                        row * sh - ph,
                        column * sw - pw,
                        h,
                        w,
                        kh,
                        kw,
                        dh,
                        dw)));
      }
      if (t == 0) {
        Work.done(memory, program, counters, at);
      }
    }
  }

  /** {@code n, g, x, dx, window}: each pixel gathers from the windows it wins. */
  public static void maxPoolGradient(
      FloatArray memory,
      IntArray program,
      IntArray counters,
      FloatArray constants,
      IntArray integers,
      int unit,
      int threads,
      int blocked) {
    for (@Parallel int t = 0; t < threads; t++) {
      int at = counters.get(unit);
      int n = program.get(at + 2);
      int g = program.get(at + 3);
      int x = program.get(at + 4);
      int dx = program.get(at + 5);
      int h = program.get(at + 6);
      int w = program.get(at + 7);
      int oh = program.get(at + 8);
      int ow = program.get(at + 9);
      int kh = program.get(at + 10);
      int kw = program.get(at + 11);
      int sh = program.get(at + 12);
      int sw = program.get(at + 13);
      int ph = program.get(at + 14);
      int pw = program.get(at + 15);
      int dh = program.get(at + 16);
      int dw = program.get(at + 17);
      int last = Work.last(t, n, threads, blocked);
      int step = Work.step(threads, blocked);
      for (int i = Work.first(t, n, threads, blocked); i < last; i += step) {
        int iw = i % w;
        int ih = i / w % h;
        int plane = i / (w * h);
        float sum = 0f;
        for (int tap = 0; tap < kh * kw; tap++) {
          int top = ih + ph - tap / kw * dh;
          int left = iw + pw - tap % kw * dw;
          int row = top / sh;
          int column = left / sw;
          if (top >= 0
              && left >= 0
              && row * sh == top
              && column * sw == left
              && row < oh
              && column < ow) {
            int best =
                winner(
                    memory,
                    x,
                    plane * h * w,
                    row * sh - ph,
                    column * sw - pw,
                    h,
                    w,
                    kh,
                    kw,
                    dh,
                    dw);
            if (best == i) {
              sum += memory.get(g + (plane * oh + row) * ow + column);
            }
          }
        }
        memory.set(dx + i, sum);
      }
      if (t == 0) {
        Work.done(memory, program, counters, at);
      }
    }
  }

  /** {@code n, x, y, window, whether padding counts}. */
  public static void averagePool(
      FloatArray memory,
      IntArray program,
      IntArray counters,
      FloatArray constants,
      IntArray integers,
      int unit,
      int threads,
      int blocked) {
    for (@Parallel int t = 0; t < threads; t++) {
      int at = counters.get(unit);
      int n = program.get(at + 2);
      int x = program.get(at + 3);
      int y = program.get(at + 4);
      int h = program.get(at + 5);
      int w = program.get(at + 6);
      int oh = program.get(at + 7);
      int ow = program.get(at + 8);
      int kh = program.get(at + 9);
      int kw = program.get(at + 10);
      int sh = program.get(at + 11);
      int sw = program.get(at + 12);
      int ph = program.get(at + 13);
      int pw = program.get(at + 14);
      int dh = program.get(at + 15);
      int dw = program.get(at + 16);
      int countPadding = program.get(at + 17);
      int last = Work.last(t, n, threads, blocked);
      int step = Work.step(threads, blocked);
      for (int i = Work.first(t, n, threads, blocked); i < last; i += step) {
        int column = i % ow;
        int row = i / ow % oh;
        int plane = i / (ow * oh);
        float sum = 0f;
        for (int tap = 0; tap < kh * kw; tap++) {
          int ih = row * sh - ph + tap / kw * dh;
          int iw = column * sw - pw + tap % kw * dw;
          if (ih >= 0 && ih < h && iw >= 0 && iw < w) {
            sum += memory.get(x + (plane * h + ih) * w + iw);
          }
        }
        memory.set(
            y + i, sum / taps(row, column, h, w, kh, kw, sh, sw, ph, pw, dh, dw, countPadding));
      }
      if (t == 0) {
        Work.done(memory, program, counters, at);
      }
    }
  }

  /** {@code n, g, dx, window, whether padding counts}: each pixel gathers from its windows. */
  public static void averagePoolGradient(
      FloatArray memory,
      IntArray program,
      IntArray counters,
      FloatArray constants,
      IntArray integers,
      int unit,
      int threads,
      int blocked) {
    for (@Parallel int t = 0; t < threads; t++) {
      int at = counters.get(unit);
      int n = program.get(at + 2);
      int g = program.get(at + 3);
      int dx = program.get(at + 4);
      int h = program.get(at + 5);
      int w = program.get(at + 6);
      int oh = program.get(at + 7);
      int ow = program.get(at + 8);
      int kh = program.get(at + 9);
      int kw = program.get(at + 10);
      int sh = program.get(at + 11);
      int sw = program.get(at + 12);
      int ph = program.get(at + 13);
      int pw = program.get(at + 14);
      int dh = program.get(at + 15);
      int dw = program.get(at + 16);
      int countPadding = program.get(at + 17);
      int last = Work.last(t, n, threads, blocked);
      int step = Work.step(threads, blocked);
      for (int i = Work.first(t, n, threads, blocked); i < last; i += step) {
        int iw = i % w;
        int ih = i / w % h;
        int plane = i / (w * h);
        float sum = 0f;
        for (int tap = 0; tap < kh * kw; tap++) {
          int top = ih + ph - tap / kw * dh;
          int left = iw + pw - tap % kw * dw;
          int row = top / sh;
          int column = left / sw;
          if (top >= 0
              && left >= 0
              && row * sh == top
              && column * sw == left
              && row < oh
              && column < ow) {
            sum +=
                memory.get(g + (plane * oh + row) * ow + column)
                    / taps(row, column, h, w, kh, kw, sh, sw, ph, pw, dh, dw, countPadding);
          }
        }
        memory.set(dx + i, sum);
      }
      if (t == 0) {
        Work.done(memory, program, counters, at);
      }
    }
  }

  /** Position in {@code x} of the first largest value of a window; NaN wins. */
  @SuppressWarnings("IdentityBinaryExpression") // TornadoVM does not know isNaN
  private static int winner(
      FloatArray memory,
      int x,
      int plane,
      int top,
      int left,
      int h,
      int w,
      int kh,
      int kw,
      int dh,
      int dw) {
    int best = -1;
    float most = 0f;
    for (int tap = 0; tap < kh * kw; tap++) {
      int ih = top + tap / kw * dh;
      int iw = left + tap % kw * dw;
      if (ih >= 0 && ih < h && iw >= 0 && iw < w) {
        int at = plane + ih * w + iw;
        float candidate = memory.get(x + at);
        if (best < 0 || candidate > most || candidate != candidate) {
          best = at;
          most = candidate;
        }
      }
    }
    return best;
  }

  /** Taps of a window inside the image, or inside the padded image. */
  private static float taps(
      int row,
      int column,
      int h,
      int w,
      int kh,
      int kw,
      int sh,
      int sw,
      int ph,
      int pw,
      int dh,
      int dw,
      int countPadding) {
    float count = 0f;
    for (int tap = 0; tap < kh * kw; tap++) {
      int ih = row * sh - ph + tap / kw * dh;
      int iw = column * sw - pw + tap % kw * dw;
      boolean inside = ih >= 0 && ih < h && iw >= 0 && iw < w;
      boolean padded = ih < h + ph && iw < w + pw;
      if (countPadding == 1 ? padded : inside) {
        count += 1f;
      }
    }
    return count;
  }
}
