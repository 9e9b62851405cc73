package org.quadralib.tornado.kernel;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Batch normalisation of {@code [batch, channels, inner]}. */
public final class NormalizationKernels {
  private NormalizationKernels() {}

  /** {@code channels, x, mean, variance, batch, inner}: one thread sums a channel. */
  public static void batchStatistics(
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
      int mean = program.get(at + 4);
      int variance = program.get(at + 5);
      int batch = program.get(at + 6);
      int inner = program.get(at + 7);
      int last = Work.last(t, n, threads, blocked);
      int step = Work.step(threads, blocked);
      for (int i = Work.first(t, n, threads, blocked); i < last; i += step) {
        float count = (float) batch * inner;
        float total = 0f;
        for (int b = 0; b < batch; b++) {
          int start = x + (b * n + i) * inner;
          for (int block = 0; block < inner; block += 64) {
            int end = block + 64 < inner ? block + 64 : inner;
            float part = 0f;
            for (int j = block; j < end; j++) {
              part += memory.get(start + j);
            }
            total += part;
          }
        }
        float center = total / count;
        float squares = 0f;
        for (int b = 0; b < batch; b++) {
          int start = x + (b * n + i) * inner;
          for (int block = 0; block < inner; block += 64) {
            int end = block + 64 < inner ? block + 64 : inner;
            float part = 0f;
            for (int j = block; j < end; j++) {
              float centered = memory.get(start + j) - center;
              part += centered * centered;
            }
            squares += part;
          }
        }
        memory.set(mean + i, center);
        memory.set(variance + i, squares / count);
      }
      if (t == 0) {
        Work.done(memory, program, counters, at);
      }
    }
  }

  /** {@code n, x, mean, variance, gamma, beta, y, channels, inner, constant}. */
  public static void normalizeBatch(
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
      int mean = program.get(at + 4);
      int variance = program.get(at + 5);
      int gamma = program.get(at + 6);
      int beta = program.get(at + 7);
      int y = program.get(at + 8);
      int channels = program.get(at + 9);
      int inner = program.get(at + 10);
      float epsilon = constants.get(program.get(at + 11));
      int last = Work.last(t, n, threads, blocked);
      int step = Work.step(threads, blocked);
      for (int i = Work.first(t, n, threads, blocked); i < last; i += step) {
        int c = i / inner % channels;
        float scale = memory.get(gamma + c) / TornadoMath.sqrt(memory.get(variance + c) + epsilon);
        memory.set(
            y + i, (memory.get(x + i) - memory.get(mean + c)) * scale + memory.get(beta + c));
      }
      if (t == 0) {
        Work.done(memory, program, counters, at);
      }
    }
  }

  /**
   * {@code channels, g, x, mean, variance, dgamma, dbeta, batch, inner, constant}: the two sums of
   * a channel.
   */
  public static void normalizeGradientSums(
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
      int mean = program.get(at + 5);
      int variance = program.get(at + 6);
      int dgamma = program.get(at + 7);
      int dbeta = program.get(at + 8);
      int batch = program.get(at + 9);
      int inner = program.get(at + 10);
      float epsilon = constants.get(program.get(at + 11));
      int last = Work.last(t, n, threads, blocked);
      int step = Work.step(threads, blocked);
      for (int i = Work.first(t, n, threads, blocked); i < last; i += step) {
        float center = memory.get(mean + i);
        float inverse = 1f / TornadoMath.sqrt(memory.get(variance + i) + epsilon);
        float sumG = 0f;
        float sumGx = 0f;
        for (int b = 0; b < batch; b++) {
          int start = (b * n + i) * inner;
          for (int block = 0; block < inner; block += 64) {
            int end = block + 64 < inner ? block + 64 : inner;
            float partG = 0f;
            float partGx = 0f;
            for (int j = block; j < end; j++) {
              float upstream = memory.get(g + start + j);
              partG += upstream;
              partGx += upstream * (memory.get(x + start + j) - center);
            }
            sumG += partG;
            sumGx += partGx;
          }
        }
        memory.set(dgamma + i, sumGx * inverse);
        memory.set(dbeta + i, sumG);
      }
      if (t == 0) {
        Work.done(memory, program, counters, at);
      }
    }
  }

  /**
   * {@code n, g, x, mean, variance, gamma, dgamma, dbeta, dx, channels, inner, two constants}:
   * epsilon and 1/elements of a channel.
   */
  public static void normalizeGradient(
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
      int mean = program.get(at + 5);
      int variance = program.get(at + 6);
      int gamma = program.get(at + 7);
      int dgamma = program.get(at + 8);
      int dbeta = program.get(at + 9);
      int dx = program.get(at + 10);
      int channels = program.get(at + 11);
      int inner = program.get(at + 12);
      float epsilon = constants.get(program.get(at + 13));
      float share = constants.get(program.get(at + 13) + 1);
      int last = Work.last(t, n, threads, blocked);
      int step = Work.step(threads, blocked);
      for (int i = Work.first(t, n, threads, blocked); i < last; i += step) {
        int c = i / inner % channels;
        float inverse = 1f / TornadoMath.sqrt(memory.get(variance + c) + epsilon);
        float normalized = (memory.get(x + i) - memory.get(mean + c)) * inverse;
        float shift = (memory.get(dbeta + c) + normalized * memory.get(dgamma + c)) * share;
        memory.set(dx + i, memory.get(gamma + c) * inverse * (memory.get(g + i) - shift));
      }
      if (t == 0) {
        Work.done(memory, program, counters, at);
      }
    }
  }
}
