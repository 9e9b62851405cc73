package org.quadralib.tornado.kernel;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Convolutions of several maps at once and their adjoints; dense maps are those of one pixel. */
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
      int n = program.get(at + 2);
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
      int last = Work.last(t, n, threads, blocked);
      int step = Work.step(threads, blocked);
      for (int i = Work.first(t, n, threads, blocked); i < last; i += step) {
        int column = i % ow;
        int row = i / ow % oh;
        int out = i / (ow * oh) % (groups * width);
        int image = i / (ow * oh * groups * width) % batch;
        int map = i / (ow * oh * groups * width * batch);
        int weights = program.get(Geometry.weights(at, map)) + out * depth * kh * kw;
        int bias = program.get(Geometry.bias(at, map));
        float sum = bias >= 0 ? memory.get(bias + out) : 0f;
        int channel = x + (image * groups + out / width) * depth * h * w;
        int top = row * sh - ph;
        int left = column * sw - pw;
        for (int c = 0; c < depth; c++) {
          float part = 0f;
          for (int r = 0; r < kh; r++) {
            int ih = top + r * dh;
            if (ih >= 0 && ih < h) {
              for (int s = 0; s < kw; s++) {
                int iw = left + s * dw;
                if (iw >= 0 && iw < w) {
                  part += memory.get(channel + ih * w + iw) * memory.get(weights + r * kw + s);
                }
              }
            }
          }
          sum += part;
          channel += h * w;
          weights += kh * kw;
        }
        memory.set(
            program.get(Geometry.output(at, map)) + i - map * (ow * oh * groups * width * batch),
            sum);
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
      int n = program.get(at + 2);
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
      int last = Work.last(t, n, threads, blocked);
      int step = Work.step(threads, blocked);
      for (int i = Work.first(t, n, threads, blocked); i < last; i += step) {
        int iw = i % w;
        int ih = i / w % h;
        int channel = i / (w * h) % (groups * depth);
        int image = i / (w * h * groups * depth);
        int group = channel / depth;
        float total = 0f;
        for (int map = 0; map < maps; map++) {
          int weights =
              program.get(Geometry.weights(at, map))
                  + (group * width * depth + channel % depth) * kh * kw;
          int gradient =
              program.get(Geometry.output(at, map)) + (image * groups + group) * width * oh * ow;
          for (int o = 0; o < width; o++) {
            float part = 0f;
            for (int r = 0; r < kh; r++) {
              int top = ih + ph - r * dh;
              int row = top / sh;
              if (top >= 0 && row * sh == top && row < oh) {
                for (int s = 0; s < kw; s++) {
                  int left = iw + pw - s * dw;
                  int column = left / sw;
                  if (left >= 0 && column * sw == left && column < ow) {
                    part +=
                        memory.get(gradient + row * ow + column) * memory.get(weights + r * kw + s);
                  }
                }
              }
            }
            total += part;
            weights += depth * kh * kw;
            gradient += oh * ow;
          }
        }
        memory.set(x + i, total);
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
      int n = program.get(at + 2);
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
      int last = Work.last(t, n, threads, blocked);
      int step = Work.step(threads, blocked);
      for (int i = Work.first(t, n, threads, blocked); i < last; i += step) {
        int s = i % kw;
        int r = i / kw % kh;
        int c = i / (kw * kh) % depth;
        int out = i / (kw * kh * depth) % (groups * width);
        int map = i / (kw * kh * depth * groups * width);
        int gradient = program.get(Geometry.output(at, map));
        float total = 0f;
        for (int image = 0; image < batch; image++) {
          int channel = x + ((image * groups + out / width) * depth + c) * h * w;
          int plane = gradient + (image * groups * width + out) * oh * ow;
          float sum = 0f;
          for (int row = 0; row < oh; row++) {
            int ih = row * sh - ph + r * dh;
            if (ih >= 0 && ih < h) {
              float part = 0f;
              for (int column = 0; column < ow; column++) {
                int iw = column * sw - pw + s * dw;
                if (iw >= 0 && iw < w) {
                  part += memory.get(channel + ih * w + iw) * memory.get(plane + row * ow + column);
                }
              }
              sum += part;
            }
          }
          total += sum;
        }
        memory.set(
            program.get(Geometry.weights(at, map)) + i - map * (kw * kh * depth * groups * width),
            total);
      }
      if (t == 0) {
        Work.done(memory, program, counters, at);
      }
    }
  }
}
