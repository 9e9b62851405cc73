package org.quadralib.tornado.kernel;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Convolutions of several maps at once and their adjoints; dense maps are those of one pixel. Four
 * channels of a result are summed together: they read the same pixels, and a processor adds to one
 * sum while it waits for another. Where fewer than four are left, the last is summed again and not
 * stored.
 */
public final class ConvolutionKernels {
  private ConvolutionKernels() {}

  /**
   * See {@link Geometry} for the arguments: {@code depth} and {@code width} are input and output
   * channels of a group. Each element of a result sums its patch.
   */
  public static void convolve(
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
      int maps = program.get(at + Geometry.MAPS);
      int batch = program.get(at + Geometry.BATCH);
      int depth = program.get(at + Geometry.DEPTH);
      int groups = program.get(at + Geometry.GROUPS);
      int width = program.get(at + Geometry.WIDTH);
      int h = program.get(at + Geometry.HEIGHT);
      int w = program.get(at + Geometry.COLUMNS);
      int oh = program.get(at + Geometry.OUTPUT_HEIGHT);
      int ow = program.get(at + Geometry.OUTPUT_COLUMNS);
      int kh = program.get(at + Geometry.KERNEL_HEIGHT);
      int kw = program.get(at + Geometry.KERNEL_WIDTH);
      int sh = program.get(at + Geometry.STRIDE_HEIGHT);
      int sw = program.get(at + Geometry.STRIDE_WIDTH);
      int ph = program.get(at + Geometry.PADDING_HEIGHT);
      int pw = program.get(at + Geometry.PADDING_WIDTH);
      int dh = program.get(at + Geometry.DILATION_HEIGHT);
      int dw = program.get(at + Geometry.DILATION_WIDTH);
      int x = program.get(at + Geometry.X);
      int blocks = (width + 3) / 4;
      int n = maps * batch * groups * blocks * oh * ow;
      int last = Work.last(t, n, threads, blocked);
      int step = Work.step(threads, blocked);
      for (int i = Work.first(t, n, threads, blocked); i < last; i += step) {
        int column = i % ow;
        int row = i / ow % oh;
        int first = i / (ow * oh) % blocks * 4;
        int group = i / (ow * oh * blocks) % groups;
        int image = i / (ow * oh * blocks * groups) % batch;
        int map = i / (ow * oh * blocks * groups * batch);
        int second = first + 1 < width ? first + 1 : first;
        int third = first + 2 < width ? first + 2 : first;
        int fourth = first + 3 < width ? first + 3 : first;
        int weights = program.get(Geometry.weights(at, map)) + group * width * depth * kh * kw;
        int weights0 = weights + first * depth * kh * kw;
        int weights1 = weights + second * depth * kh * kw;
        int weights2 = weights + third * depth * kh * kw;
        int weights3 = weights + fourth * depth * kh * kw;
        int bias = program.get(Geometry.bias(at, map));
        float sum0 = bias >= 0 ? memory.get(bias + group * width + first) : 0f;
        float sum1 = bias >= 0 ? memory.get(bias + group * width + second) : 0f;
        float sum2 = bias >= 0 ? memory.get(bias + group * width + third) : 0f;
        float sum3 = bias >= 0 ? memory.get(bias + group * width + fourth) : 0f;
        int channel = x + (image * groups + group) * depth * h * w;
        int above = ph - row * sh;
        int before = pw - column * sw;
        int firstTap = Geometry.first(before, dw);
        int lastTap = Geometry.last(before, dw, w, kw);
        int firstTapRow = Geometry.first(above, dh);
        int lastTapRow = Geometry.last(above, dh, h, kh);
        int tap = 0;
        for (int c = 0; c < depth; c++) {
          float part0 = 0f;
          float part1 = 0f;
          float part2 = 0f;
          float part3 = 0f;
          for (int r = firstTapRow; r < lastTapRow; r++) {
            int pixels = channel + (r * dh - above) * w - before;
            for (int s = firstTap; s < lastTap; s++) {
              float pixel = memory.get(pixels + s * dw);
              int k = tap + r * kw + s;
              part0 += pixel * memory.get(weights0 + k);
              part1 += pixel * memory.get(weights1 + k);
              part2 += pixel * memory.get(weights2 + k);
              part3 += pixel * memory.get(weights3 + k);
            }
          }
          sum0 += part0;
          sum1 += part1;
          sum2 += part2;
          sum3 += part3;
          channel += h * w;
          tap += kh * kw;
        }
        int output =
            program.get(Geometry.output(at, map))
                + ((image * groups + group) * width * oh + row) * ow
                + column;
        memory.set(output + first * oh * ow, sum0);
        if (second > first) {
          memory.set(output + second * oh * ow, sum1);
        }
        if (third > first) {
          memory.set(output + third * oh * ow, sum2);
        }
        if (fourth > first) {
          memory.set(output + fourth * oh * ow, sum3);
        }
      }
      if (t == 0) {
        Work.done(memory, program, counters, at);
      }
    }
  }

  /**
   * See {@link Geometry} for the arguments: {@code depth} and {@code width} are input and output
   * channels of a group. Each pixel gathers from all maps; {@code x} is its gradient.
   */
  public static void convolveInputGradient(
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
      int maps = program.get(at + Geometry.MAPS);
      int batch = program.get(at + Geometry.BATCH);
      int depth = program.get(at + Geometry.DEPTH);
      int groups = program.get(at + Geometry.GROUPS);
      int width = program.get(at + Geometry.WIDTH);
      int h = program.get(at + Geometry.HEIGHT);
      int w = program.get(at + Geometry.COLUMNS);
      int oh = program.get(at + Geometry.OUTPUT_HEIGHT);
      int ow = program.get(at + Geometry.OUTPUT_COLUMNS);
      int kh = program.get(at + Geometry.KERNEL_HEIGHT);
      int kw = program.get(at + Geometry.KERNEL_WIDTH);
      int sh = program.get(at + Geometry.STRIDE_HEIGHT);
      int sw = program.get(at + Geometry.STRIDE_WIDTH);
      int ph = program.get(at + Geometry.PADDING_HEIGHT);
      int pw = program.get(at + Geometry.PADDING_WIDTH);
      int dh = program.get(at + Geometry.DILATION_HEIGHT);
      int dw = program.get(at + Geometry.DILATION_WIDTH);
      int x = program.get(at + Geometry.X);
      int blocks = (depth + 3) / 4;
      int n = batch * groups * blocks * h * w;
      int last = Work.last(t, n, threads, blocked);
      int step = Work.step(threads, blocked);
      for (int i = Work.first(t, n, threads, blocked); i < last; i += step) {
        int iw = i % w;
        int ih = i / w % h;
        int first = i / (w * h) % blocks * 4;
        int group = i / (w * h * blocks) % groups;
        int image = i / (w * h * blocks * groups);
        int second = first + 1 < depth ? first + 1 : first;
        int third = first + 2 < depth ? first + 2 : first;
        int fourth = first + 3 < depth ? first + 3 : first;
        float total0 = 0f;
        float total1 = 0f;
        float total2 = 0f;
        float total3 = 0f;
        for (int map = 0; map < maps; map++) {
          int weights = program.get(Geometry.weights(at, map)) + group * width * depth * kh * kw;
          int weights0 = weights + first * kh * kw;
          int weights1 = weights + second * kh * kw;
          int weights2 = weights + third * kh * kw;
          int weights3 = weights + fourth * kh * kw;
          int gradient =
              program.get(Geometry.output(at, map)) + (image * groups + group) * width * oh * ow;
          int tap = 0;
          for (int o = 0; o < width; o++) {
            float part0 = 0f;
            float part1 = 0f;
            float part2 = 0f;
            float part3 = 0f;
            for (int r = 0; r < kh; r++) {
              int top = ih + ph - r * dh;
              int row = top / sh;
              if (top >= 0 && row * sh == top && row < oh) {
                for (int s = 0; s < kw; s++) {
                  int left = iw + pw - s * dw;
                  int column = left / sw;
                  if (left >= 0 && column * sw == left && column < ow) {
                    float pixel = memory.get(gradient + row * ow + column);
                    int k = tap + r * kw + s;
                    part0 += pixel * memory.get(weights0 + k);
                    part1 += pixel * memory.get(weights1 + k);
                    part2 += pixel * memory.get(weights2 + k);
                    part3 += pixel * memory.get(weights3 + k);
                  }
                }
              }
            }
            total0 += part0;
            total1 += part1;
            total2 += part2;
            total3 += part3;
            tap += depth * kh * kw;
            gradient += oh * ow;
          }
        }
        int output = x + ((image * groups + group) * depth * h + ih) * w + iw;
        memory.set(output + first * h * w, total0);
        if (second > first) {
          memory.set(output + second * h * w, total1);
        }
        if (third > first) {
          memory.set(output + third * h * w, total2);
        }
        if (fourth > first) {
          memory.set(output + fourth * h * w, total3);
        }
      }
      if (t == 0) {
        Work.done(memory, program, counters, at);
      }
    }
  }

  /**
   * See {@link Geometry} for the arguments: {@code depth} and {@code width} are input and output
   * channels of a group. Each weight sums over the batch and all positions, row by row.
   */
  public static void convolveWeightGradient(
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
      int maps = program.get(at + Geometry.MAPS);
      int batch = program.get(at + Geometry.BATCH);
      int depth = program.get(at + Geometry.DEPTH);
      int groups = program.get(at + Geometry.GROUPS);
      int width = program.get(at + Geometry.WIDTH);
      int h = program.get(at + Geometry.HEIGHT);
      int w = program.get(at + Geometry.COLUMNS);
      int oh = program.get(at + Geometry.OUTPUT_HEIGHT);
      int ow = program.get(at + Geometry.OUTPUT_COLUMNS);
      int kh = program.get(at + Geometry.KERNEL_HEIGHT);
      int kw = program.get(at + Geometry.KERNEL_WIDTH);
      int sh = program.get(at + Geometry.STRIDE_HEIGHT);
      int sw = program.get(at + Geometry.STRIDE_WIDTH);
      int ph = program.get(at + Geometry.PADDING_HEIGHT);
      int pw = program.get(at + Geometry.PADDING_WIDTH);
      int dh = program.get(at + Geometry.DILATION_HEIGHT);
      int dw = program.get(at + Geometry.DILATION_WIDTH);
      int x = program.get(at + Geometry.X);
      int blocks = (width + 3) / 4;
      int n = maps * groups * blocks * depth * kh * kw;
      int last = Work.last(t, n, threads, blocked);
      int step = Work.step(threads, blocked);
      for (int i = Work.first(t, n, threads, blocked); i < last; i += step) {
        int s = i % kw;
        int r = i / kw % kh;
        int c = i / (kw * kh) % depth;
        int first = i / (kw * kh * depth) % blocks * 4;
        int group = i / (kw * kh * depth * blocks) % groups;
        int map = i / (kw * kh * depth * blocks * groups);
        int second = first + 1 < width ? first + 1 : first;
        int third = first + 2 < width ? first + 2 : first;
        int fourth = first + 3 < width ? first + 3 : first;
        int above = ph - r * dh;
        int before = pw - s * dw;
        int firstRow = Geometry.first(above, sh);
        int lastRow = Geometry.last(above, sh, h, oh);
        int firstColumn = Geometry.first(before, sw);
        int lastColumn = Geometry.last(before, sw, w, ow);
        int gradient = program.get(Geometry.output(at, map));
        float total0 = 0f;
        float total1 = 0f;
        float total2 = 0f;
        float total3 = 0f;
        for (int image = 0; image < batch; image++) {
          int channel = x + ((image * groups + group) * depth + c) * h * w - before;
          int planes = gradient + (image * groups + group) * width * oh * ow;
          float sum0 = 0f;
          float sum1 = 0f;
          float sum2 = 0f;
          float sum3 = 0f;
          for (int row = firstRow; row < lastRow; row++) {
            int pixels = channel + (row * sh - above) * w;
            int row0 = planes + (first * oh + row) * ow;
            int row1 = planes + (second * oh + row) * ow;
            int row2 = planes + (third * oh + row) * ow;
            int row3 = planes + (fourth * oh + row) * ow;
            float part0 = 0f;
            float part1 = 0f;
            float part2 = 0f;
            float part3 = 0f;
            for (int column = firstColumn; column < lastColumn; column++) {
              float pixel = memory.get(pixels + column * sw);
              part0 += pixel * memory.get(row0 + column);
              part1 += pixel * memory.get(row1 + column);
              part2 += pixel * memory.get(row2 + column);
              part3 += pixel * memory.get(row3 + column);
            }
            sum0 += part0;
            sum1 += part1;
            sum2 += part2;
            sum3 += part3;
          }
          total0 += sum0;
          total1 += sum1;
          total2 += sum2;
          total3 += sum3;
        }
        int output =
            program.get(Geometry.weights(at, map))
                + ((group * width * depth + c) * kh + r) * kw
                + s;
        memory.set(output + first * depth * kh * kw, total0);
        if (second > first) {
          memory.set(output + second * depth * kh * kw, total1);
        }
        if (third > first) {
          memory.set(output + third * depth * kh * kw, total2);
        }
        if (fourth > first) {
          memory.set(output + fourth * depth * kh * kw, total3);
        }
      }
      if (t == 0) {
        Work.done(memory, program, counters, at);
      }
    }
  }
}
