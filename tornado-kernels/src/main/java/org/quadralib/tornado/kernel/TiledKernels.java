package org.quadralib.tornado.kernel;

import uk.ac.manchester.tornado.api.KernelContext;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * The kernels that take most of a step, for graphics cards: convolutions as products of implicit
 * matrices, tile by tile in local memory, and norms with a group of threads for each channel. Their
 * arguments are those of the loops of the same name; {@code groups} of 256 threads share the work.
 */
public final class TiledKernels {
  /** Threads of a group. */
  public static final int GROUP = 256;

  /** Rows and columns of a tile of the result; each thread has four elements of it. */
  private static final int TILE = 32;

  /** Depth of a tile. */
  private static final int DEPTH = 16;

  private TiledKernels() {}

  /** {@code y[o, pixel] = Σ w[o, k] patch[k, pixel]}. */
  public static void convolve(
      KernelContext context,
      FloatArray memory,
      IntArray program,
      IntArray counters,
      FloatArray constants,
      IntArray integers,
      int unit,
      int groups) {
    float[] a = context.allocateFloatLocalArray(TILE * DEPTH);
    float[] b = context.allocateFloatLocalArray(DEPTH * TILE);
    int at = counters.get(unit);
    int maps = program.get(at + Geometry.MAPS);
    int batch = program.get(at + Geometry.BATCH);
    int depth = program.get(at + Geometry.DEPTH);
    int parts = program.get(at + Geometry.GROUPS);
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
    int taps = kh * kw;
    int terms = depth * taps;
    int pixels = batch * oh * ow;
    int rows = (width + TILE - 1) / TILE;
    int columns = (pixels + TILE - 1) / TILE;
    int tiles = maps * parts * rows * columns;
    int id = context.localIdx;
    int r = id / DEPTH;
    int c = id % DEPTH;
    for (int tile = context.groupIdx; tile < tiles; tile += groups) {
      int firstColumn = tile % columns * TILE;
      int firstRow = tile / columns % rows * TILE;
      int part = tile / (columns * rows) % parts;
      int map = tile / (columns * rows * parts);
      int weights = program.get(Geometry.weights(at, map)) + part * width * terms;
      int bias = program.get(Geometry.bias(at, map));
      int result = program.get(Geometry.output(at, map));
      float sum00 = 0f;
      float sum01 = 0f;
      float sum10 = 0f;
      float sum11 = 0f;
      for (int start = 0; start < terms; start += DEPTH) {
        for (int half = 0; half < 2; half++) {
          int row = firstRow + r + half * 16;
          int k = start + c;
          a[(r + half * 16) * DEPTH + c] =
              row < width && k < terms ? memory.get(weights + row * terms + k) : 0f;
          int kb = start + r;
          int pixel = firstColumn + c + half * 16;
          int channel = kb / taps;
          int tap = kb % taps;
          int image = pixel / (oh * ow);
          int ih = pixel / ow % oh * sh - ph + tap / kw * dh;
          int iw = pixel % ow * sw - pw + tap % kw * dw;
          boolean inside = kb < terms && pixel < pixels && ih >= 0 && ih < h && iw >= 0 && iw < w;
          int from =
              inside ? x + (((image * parts + part) * depth + channel) * h + ih) * w + iw : x;
          float value = memory.get(from);
          b[r * TILE + c + half * 16] = inside ? value : 0f;
        }
        context.localBarrier();
        float p00 = 0f;
        float p01 = 0f;
        float p10 = 0f;
        float p11 = 0f;
        for (int k = 0; k < DEPTH; k++) {
          float a0 = a[r * DEPTH + k];
          float a1 = a[(r + 16) * DEPTH + k];
          float b0 = b[k * TILE + c];
          float b1 = b[k * TILE + c + 16];
          p00 += a0 * b0;
          p01 += a0 * b1;
          p10 += a1 * b0;
          p11 += a1 * b1;
        }
        sum00 += p00;
        sum01 += p01;
        sum10 += p10;
        sum11 += p11;
        context.localBarrier();
      }
      for (int corner = 0; corner < 4; corner++) {
        int row = firstRow + r + corner / 2 * 16;
        int pixel = firstColumn + c + corner % 2 * 16;
        if (row < width && pixel < pixels) {
          float sum = Geometry.corner(corner, sum00, sum01, sum10, sum11);
          int out = part * width + row;
          float start = bias >= 0 ? memory.get(bias + out) : 0f;
          int image = pixel / (oh * ow);
          memory.set(
              result + (image * parts * width + out) * oh * ow + pixel % (oh * ow), start + sum);
        }
      }
    }
    if (context.globalIdx == 0) {
      Work.done(memory, program, counters, at);
    }
  }

  /** {@code dx[c, pixel] = Σ w[o, c, tap] g[o, pixel at tap]} over all maps. */
  public static void convolveInputGradient(
      KernelContext context,
      FloatArray memory,
      IntArray program,
      IntArray counters,
      FloatArray constants,
      IntArray integers,
      int unit,
      int groups) {
    float[] a = context.allocateFloatLocalArray(TILE * DEPTH);
    float[] b = context.allocateFloatLocalArray(DEPTH * TILE);
    int at = counters.get(unit);
    int maps = program.get(at + Geometry.MAPS);
    int batch = program.get(at + Geometry.BATCH);
    int depth = program.get(at + Geometry.DEPTH);
    int parts = program.get(at + Geometry.GROUPS);
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
    int taps = kh * kw;
    int terms = maps * width * taps;
    int pixels = batch * h * w;
    int rows = (depth + TILE - 1) / TILE;
    int columns = (pixels + TILE - 1) / TILE;
    int tiles = parts * rows * columns;
    int id = context.localIdx;
    int r = id / DEPTH;
    int c = id % DEPTH;
    for (int tile = context.groupIdx; tile < tiles; tile += groups) {
      int firstColumn = tile % columns * TILE;
      int firstRow = tile / columns % rows * TILE;
      int part = tile / (columns * rows);
      float sum00 = 0f;
      float sum01 = 0f;
      float sum10 = 0f;
      float sum11 = 0f;
      for (int start = 0; start < terms; start += DEPTH) {
        for (int half = 0; half < 2; half++) {
          int row = firstRow + r + half * 16;
          int k = start + c;
          boolean known = row < depth && k < terms;
          int ka = known ? k : 0;
          int weights = program.get(Geometry.weights(at, ka / (width * taps)));
          int out = part * width + ka / taps % width;
          float weight = memory.get(weights + (out * depth + (known ? row : 0)) * taps + ka % taps);
          a[(r + half * 16) * DEPTH + c] = known ? weight : 0f;
          int kb = start + r < terms ? start + r : 0;
          int pixel = firstColumn + c + half * 16;
          int tap = kb % taps;
          int top = pixel / w % h + ph - tap / kw * dh;
          int left = pixel % w + pw - tap % kw * dw;
          int row2 = top / sh;
          int column = left / sw;
          boolean inside =
              start + r < terms
                  && pixel < pixels
                  && top >= 0
                  && left >= 0
                  && row2 * sh == top
                  && column * sw == left
                  && row2 < oh
                  && column < ow;
          int gradient = program.get(Geometry.output(at, kb / (width * taps)));
          int plane = (pixel / (h * w) * parts + part) * width + kb / taps % width;
          int from = inside ? gradient + (plane * oh + row2) * ow + column : gradient;
          float value = memory.get(from);
          b[r * TILE + c + half * 16] = inside ? value : 0f;
        }
        context.localBarrier();
        float p00 = 0f;
        float p01 = 0f;
        float p10 = 0f;
        float p11 = 0f;
        for (int k = 0; k < DEPTH; k++) {
          float a0 = a[r * DEPTH + k];
          float a1 = a[(r + 16) * DEPTH + k];
          float b0 = b[k * TILE + c];
          float b1 = b[k * TILE + c + 16];
          p00 += a0 * b0;
          p01 += a0 * b1;
          p10 += a1 * b0;
          p11 += a1 * b1;
        }
        sum00 += p00;
        sum01 += p01;
        sum10 += p10;
        sum11 += p11;
        context.localBarrier();
      }
      for (int corner = 0; corner < 4; corner++) {
        int row = firstRow + r + corner / 2 * 16;
        int pixel = firstColumn + c + corner % 2 * 16;
        if (row < depth && pixel < pixels) {
          float sum = Geometry.corner(corner, sum00, sum01, sum10, sum11);
          int channel = (pixel / (h * w) * parts + part) * depth + row;
          memory.set(x + channel * h * w + pixel % (h * w), sum);
        }
      }
    }
    if (context.globalIdx == 0) {
      Work.done(memory, program, counters, at);
    }
  }

  /** {@code dw[o, tap] = Σ g[o, pixel] patch[tap, pixel]}. */
  public static void convolveWeightGradient(
      KernelContext context,
      FloatArray memory,
      IntArray program,
      IntArray counters,
      FloatArray constants,
      IntArray integers,
      int unit,
      int groups) {
    float[] a = context.allocateFloatLocalArray(TILE * DEPTH);
    float[] b = context.allocateFloatLocalArray(DEPTH * TILE);
    int at = counters.get(unit);
    int maps = program.get(at + Geometry.MAPS);
    int batch = program.get(at + Geometry.BATCH);
    int depth = program.get(at + Geometry.DEPTH);
    int parts = program.get(at + Geometry.GROUPS);
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
    int taps = kh * kw;
    int terms = batch * oh * ow;
    int weightsOfOne = depth * taps;
    int rows = (width + TILE - 1) / TILE;
    int columns = (weightsOfOne + TILE - 1) / TILE;
    int tiles = maps * parts * rows * columns;
    int id = context.localIdx;
    int r = id / DEPTH;
    int c = id % DEPTH;
    for (int tile = context.groupIdx; tile < tiles; tile += groups) {
      int firstColumn = tile % columns * TILE;
      int firstRow = tile / columns % rows * TILE;
      int part = tile / (columns * rows) % parts;
      int map = tile / (columns * rows * parts);
      int result = program.get(Geometry.weights(at, map));
      int gradient = program.get(Geometry.output(at, map));
      float sum00 = 0f;
      float sum01 = 0f;
      float sum10 = 0f;
      float sum11 = 0f;
      for (int start = 0; start < terms; start += DEPTH) {
        for (int half = 0; half < 2; half++) {
          int row = firstRow + r + half * 16;
          int pixel = start + c;
          boolean known = row < width && pixel < terms;
          int plane = pixel / (oh * ow) * parts * width + part * width + row;
          float value =
              memory.get(known ? gradient + plane * oh * ow + pixel % (oh * ow) : gradient);
          a[(r + half * 16) * DEPTH + c] = known ? value : 0f;
          int other = start + r;
          int weight = firstColumn + c + half * 16;
          int channel = weight / taps;
          int tap = weight % taps;
          int ih = other / ow % oh * sh - ph + tap / kw * dh;
          int iw = other % ow * sw - pw + tap % kw * dw;
          boolean inside =
              other < terms && weight < weightsOfOne && ih >= 0 && ih < h && iw >= 0 && iw < w;
          int image = other / (oh * ow) * parts + part;
          float pixelValue =
              memory.get(inside ? x + ((image * depth + channel) * h + ih) * w + iw : x);
          b[r * TILE + c + half * 16] = inside ? pixelValue : 0f;
        }
        context.localBarrier();
        float p00 = 0f;
        float p01 = 0f;
        float p10 = 0f;
        float p11 = 0f;
        for (int k = 0; k < DEPTH; k++) {
          float a0 = a[r * DEPTH + k];
          float a1 = a[(r + 16) * DEPTH + k];
          float b0 = b[k * TILE + c];
          float b1 = b[k * TILE + c + 16];
          p00 += a0 * b0;
          p01 += a0 * b1;
          p10 += a1 * b0;
          p11 += a1 * b1;
        }
        sum00 += p00;
        sum01 += p01;
        sum10 += p10;
        sum11 += p11;
        context.localBarrier();
      }
      for (int corner = 0; corner < 4; corner++) {
        int row = firstRow + r + corner / 2 * 16;
        int weight = firstColumn + c + corner % 2 * 16;
        if (row < width && weight < weightsOfOne) {
          float sum = Geometry.corner(corner, sum00, sum01, sum10, sum11);
          memory.set(result + (part * width + row) * weightsOfOne + weight, sum);
        }
      }
    }
    if (context.globalIdx == 0) {
      Work.done(memory, program, counters, at);
    }
  }

  /** A group for each channel: threads add up elements, then each other. */
  public static void batchStatistics(
      KernelContext context,
      FloatArray memory,
      IntArray program,
      IntArray counters,
      FloatArray constants,
      IntArray integers,
      int unit,
      int groups) {
    float[] partial = context.allocateFloatLocalArray(GROUP);
    int at = counters.get(unit);
    int channels = program.get(at + 2);
    int x = program.get(at + 3);
    int mean = program.get(at + 4);
    int variance = program.get(at + 5);
    int batch = program.get(at + 6);
    int inner = program.get(at + 7);
    int count = batch * inner;
    int id = context.localIdx;
    for (int channel = context.groupIdx; channel < channels; channel += groups) {
      float sum = 0f;
      for (int i = id; i < count; i += GROUP) {
        sum += memory.get(x + (i / inner * channels + channel) * inner + i % inner);
      }
      partial[id] = sum;
      for (int stride = GROUP / 2; stride > 0; stride /= 2) {
        context.localBarrier();
        if (id < stride) {
          partial[id] = partial[id] + partial[id + stride];
        }
      }
      context.localBarrier();
      float center = partial[0] / count;
      context.localBarrier();
      float squares = 0f;
      for (int i = id; i < count; i += GROUP) {
        float value = memory.get(x + (i / inner * channels + channel) * inner + i % inner) - center;
        squares += value * value;
      }
      partial[id] = squares;
      for (int stride = GROUP / 2; stride > 0; stride /= 2) {
        context.localBarrier();
        if (id < stride) {
          partial[id] = partial[id] + partial[id + stride];
        }
      }
      context.localBarrier();
      if (id == 0) {
        memory.set(mean + channel, center);
        memory.set(variance + channel, partial[0] / count);
      }
      context.localBarrier();
    }
    if (context.globalIdx == 0) {
      Work.done(memory, program, counters, at);
    }
  }

  /** A group for each channel. */
  public static void normalizeGradientSums(
      KernelContext context,
      FloatArray memory,
      IntArray program,
      IntArray counters,
      FloatArray constants,
      IntArray integers,
      int unit,
      int groups) {
    float[] partial = context.allocateFloatLocalArray(GROUP);
    float[] partialOfX = context.allocateFloatLocalArray(GROUP);
    int at = counters.get(unit);
    int channels = program.get(at + 2);
    int g = program.get(at + 3);
    int x = program.get(at + 4);
    int mean = program.get(at + 5);
    int variance = program.get(at + 6);
    int dgamma = program.get(at + 7);
    int dbeta = program.get(at + 8);
    int batch = program.get(at + 9);
    int inner = program.get(at + 10);
    float epsilon = constants.get(program.get(at + 11));
    int count = batch * inner;
    int id = context.localIdx;
    for (int channel = context.groupIdx; channel < channels; channel += groups) {
      float center = memory.get(mean + channel);
      float sum = 0f;
      float sumOfX = 0f;
      for (int i = id; i < count; i += GROUP) {
        int from = (i / inner * channels + channel) * inner + i % inner;
        float upstream = memory.get(g + from);
        sum += upstream;
        sumOfX += upstream * (memory.get(x + from) - center);
      }
      partial[id] = sum;
      partialOfX[id] = sumOfX;
      for (int stride = GROUP / 2; stride > 0; stride /= 2) {
        context.localBarrier();
        if (id < stride) {
          partial[id] = partial[id] + partial[id + stride];
          partialOfX[id] = partialOfX[id] + partialOfX[id + stride];
        }
      }
      context.localBarrier();
      if (id == 0) {
        float inverse = 1f / TornadoMath.sqrt(memory.get(variance + channel) + epsilon);
        memory.set(dgamma + channel, partialOfX[0] * inverse);
        memory.set(dbeta + channel, partial[0]);
      }
      context.localBarrier();
    }
    if (context.globalIdx == 0) {
      Work.done(memory, program, counters, at);
    }
  }
}
