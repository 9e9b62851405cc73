package org.quadralib.tornado.kernel;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Elements that move, repeat or add up. */
public final class MovementKernels {
  private MovementKernels() {}

  /**
   * {@code n, x, y, rank, extents, strides of x, strides of y}: a part of one tensor to a part of
   * another.
   */
  public static void copyPart(
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
      int rank = program.get(at + 5);
      int last = Work.last(t, n, threads, blocked);
      int step = Work.step(threads, blocked);
      for (int i = Work.first(t, n, threads, blocked); i < last; i += step) {
        int from = x;
        int to = y;
        int rest = i;
        for (int axis = rank - 1; axis >= 0; axis--) {
          int extent = program.get(at + 6 + axis);
          int whole = rest / extent;
          int index = rest - whole * extent;
          from += index * program.get(at + 6 + rank + axis);
          to += index * program.get(at + 6 + 2 * rank + axis);
          rest = whole;
        }
        memory.set(to, memory.get(from));
      }
      if (t == 0) {
        Work.done(memory, program, counters, at);
      }
    }
  }

  /**
   * {@code n, x, y, terms, kept rank, summed rank, kept extents, kept strides, summed extents,
   * summed strides}.
   */
  public static void sumAxes(
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
      int terms = program.get(at + 5);
      int kept = program.get(at + 6);
      int summed = program.get(at + 7);
      int inner = at + 8 + 2 * kept;
      int last = Work.last(t, n, threads, blocked);
      int step = Work.step(threads, blocked);
      for (int i = Work.first(t, n, threads, blocked); i < last; i += step) {
        int start = x;
        int rest = i;
        for (int axis = kept - 1; axis >= 0; axis--) {
          int extent = program.get(at + 8 + axis);
          int whole = rest / extent;
          start += (rest - whole * extent) * program.get(at + 8 + kept + axis);
          rest = whole;
        }
        // Sums of sums: long ones lose few digits.
        float total = 0f;
        for (int block = 0; block < terms; block += 64) {
          int end = block + 64 < terms ? block + 64 : terms;
          float part = 0f;
          for (int j = block; j < end; j++) {
            int from = start;
            int left = j;
            for (int axis = summed - 1; axis >= 0; axis--) {
              int extent = program.get(inner + axis);
              int whole = left / extent;
              from += (left - whole * extent) * program.get(inner + summed + axis);
              left = whole;
            }
            part += memory.get(from);
          }
          total += part;
        }
        memory.set(y + i, total);
      }
      if (t == 0) {
        Work.done(memory, program, counters, at);
      }
    }
  }

  /** {@code n, x, y, window}: patches of images {@code [planes, h, w]}; see {@code Windows}. */
  public static void unfoldPatches(
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
        int tap = i / (ow * oh) % (kh * kw);
        int plane = i / (ow * oh * kh * kw);
        int ih = row * sh - ph + tap / kw * dh;
        int iw = column * sw - pw + tap % kw * dw;
        boolean inside = ih >= 0 && ih < h && iw >= 0 && iw < w;
        int from = inside ? (plane * h + ih) * w + iw : 0;
        float value = memory.get(x + from);
        memory.set(y + i, inside ? value : 0f);
      }
      if (t == 0) {
        Work.done(memory, program, counters, at);
      }
    }
  }

  /** {@code n, x, y, window}: each pixel gathers the elements of all patches it is in. */
  public static void foldPatches(
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
            sum += memory.get(x + ((plane * kh * kw + tap) * oh + row) * ow + column);
          }
        }
        memory.set(y + i, sum);
      }
      if (t == 0) {
        Work.done(memory, program, counters, at);
      }
    }
  }
}
