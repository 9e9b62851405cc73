package org.quadralib.tornado.kernel;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Softmax, likelihood, right answers and norms. */
public final class LossKernels {
  private LossKernels() {}

  /** {@code rows, x, y, classes, whether the logarithm}. */
  @SuppressWarnings("IdentityBinaryExpression") // TornadoVM does not know isNaN
  public static void softmax(
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
      int classes = program.get(at + 5);
      int logarithm = program.get(at + 6);
      int last = Work.last(t, n, threads, blocked);
      int step = Work.step(threads, blocked);
      for (int i = Work.first(t, n, threads, blocked); i < last; i += step) {
        int row = i * classes;
        float most = memory.get(x + row);
        for (int j = 1; j < classes; j++) {
          float candidate = memory.get(x + row + j);
          most = candidate > most || candidate != candidate ? candidate : most;
        }
        float total = 0f;
        for (int block = 0; block < classes; block += 64) {
          int end = block + 64 < classes ? block + 64 : classes;
          float part = 0f;
          for (int j = block; j < end; j++) {
            part += TornadoMath.exp(memory.get(x + row + j) - most);
          }
          total += part;
        }
        float logTotal = TornadoMath.log(total);
        for (int j = 0; j < classes; j++) {
          float shifted = memory.get(x + row + j) - most;
          memory.set(
              y + row + j, logarithm == 1 ? shifted - logTotal : TornadoMath.exp(shifted) / total);
        }
      }
      if (t == 0) {
        Work.done(memory, program, counters, at);
      }
    }
  }

  /**
   * {@code 1, p, labels, y, batch, classes, constants}: one thread adds up the batch. Labels are
   * integers, after them how many count. Constants: {@code 1 − s} and {@code s/classes}.
   */
  public static void likelihood(
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
      int p = program.get(at + 3);
      int labels = program.get(at + 4);
      int y = program.get(at + 5);
      int batch = program.get(at + 6);
      int classes = program.get(at + 7);
      float sharp = constants.get(program.get(at + 8));
      float uniform = constants.get(program.get(at + 8) + 1);
      int last = Work.last(t, n, threads, blocked);
      int step = Work.step(threads, blocked);
      for (int i = Work.first(t, n, threads, blocked); i < last; i += step) {
        float total = 0f;
        for (int row = 0; row < batch; row++) {
          int label = integers.get(labels + row);
          if (label >= 0) {
            float sum = 0f;
            if (uniform > 0) {
              for (int j = 0; j < classes; j++) {
                sum -= uniform * memory.get(p + row * classes + j);
              }
            }
            if (sharp > 0) {
              sum -= sharp * memory.get(p + row * classes + label);
            }
            total += sum;
          }
        }
        memory.set(y + i, total / integers.get(labels + batch));
      }
      if (t == 0) {
        Work.done(memory, program, counters, at);
      }
    }
  }

  /** {@code n, g, labels, y, batch, classes, constants}, as for {@code likelihood}. */
  public static void likelihoodGradient(
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
      int labels = program.get(at + 4);
      int y = program.get(at + 5);
      int batch = program.get(at + 6);
      int classes = program.get(at + 7);
      float sharp = constants.get(program.get(at + 8));
      float uniform = constants.get(program.get(at + 8) + 1);
      float scale = memory.get(g) / integers.get(labels + batch);
      int last = Work.last(t, n, threads, blocked);
      int step = Work.step(threads, blocked);
      for (int i = Work.first(t, n, threads, blocked); i < last; i += step) {
        int label = integers.get(labels + i / classes);
        float target = i % classes == label ? uniform + sharp : uniform;
        memory.set(y + i, label < 0 ? 0f : -scale * target);
      }
      if (t == 0) {
        Work.done(memory, program, counters, at);
      }
    }
  }

  /**
   * {@code 1, logits, labels, y, batch, classes}: one thread counts the rows whose label has the
   * largest logit, the first of equals.
   */
  @SuppressWarnings("IdentityBinaryExpression") // TornadoVM does not know isNaN
  public static void correctPredictions(
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
      int labels = program.get(at + 4);
      int y = program.get(at + 5);
      int batch = program.get(at + 6);
      int classes = program.get(at + 7);
      int last = Work.last(t, n, threads, blocked);
      int step = Work.step(threads, blocked);
      for (int i = Work.first(t, n, threads, blocked); i < last; i += step) {
        float correct = 0f;
        for (int row = 0; row < batch; row++) {
          int label = integers.get(labels + row);
          if (label >= 0) {
            // Two loops, and a NaN looked for beside another condition: TornadoVM turns some && and
            // ≥
            // around, and drivers take it that x == x holds.
            float own = memory.get(x + row * classes + label);
            int before = 0;
            for (int j = 0; j < label; j++) {
              float other = memory.get(x + row * classes + j);
              before += own > other || other != other ? 0 : 1;
            }
            for (int j = label; j < classes; j++) {
              float other = memory.get(x + row * classes + j);
              before += other > own || own != own ? 1 : 0;
            }
            correct += before == 0 ? 1f : 0f;
          }
        }
        memory.set(y + i, correct);
      }
      if (t == 0) {
        Work.done(memory, program, counters, at);
      }
    }
  }

  /**
   * {@code tensors, parts, then position and elements of each}: every thread finds the largest
   * element {@code m} of its share of all tensors and {@code Σ (x/m)²}, which no square overflows.
   * {@code parts} takes both of each thread.
   */
  public static void sumsOfSquares(
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
      int tensors = program.get(at + 2);
      int parts = program.get(at + 3);
      int step = Work.step(threads, blocked);
      float most = 0f;
      for (int tensor = 0; tensor < tensors; tensor++) {
        int x = program.get(at + 4 + 2 * tensor);
        int n = program.get(at + 5 + 2 * tensor);
        int last = Work.last(t, n, threads, blocked);
        for (int i = Work.first(t, n, threads, blocked); i < last; i += step) {
          float magnitude = TornadoMath.abs(memory.get(x + i));
          most = magnitude > most ? magnitude : most;
        }
      }
      float total = 0f;
      for (int tensor = 0; tensor < tensors; tensor++) {
        int x = program.get(at + 4 + 2 * tensor);
        int n = program.get(at + 5 + 2 * tensor);
        int last = Work.last(t, n, threads, blocked);
        float part = 0f;
        for (int i = Work.first(t, n, threads, blocked); i < last; i += step) {
          part += squareOfShare(memory.get(x + i), most);
        }
        total += part;
      }
      memory.set(parts + 2 * t, most);
      memory.set(parts + 2 * t + 1, total);
      if (t == 0) {
        Work.done(memory, program, counters, at);
      }
    }
  }

  /** {@code (x/m)²}, where of infinities only those count, and of zeros none. */
  private static float squareOfShare(float x, float m) {
    float share = m > 3.4028235e38f ? (TornadoMath.abs(x) > 3.4028235e38f ? 1f : 0f) : x / m;
    return m == 0 ? x * x : share * share;
  }

  /** {@code 1, parts, y, number of parts}: the norm that the parts make. */
  public static void globalNorm(
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
      int parts = program.get(at + 3);
      int y = program.get(at + 4);
      int count = program.get(at + 5);
      int last = Work.last(t, n, threads, blocked);
      int step = Work.step(threads, blocked);
      for (int i = Work.first(t, n, threads, blocked); i < last; i += step) {
        float most = 0f;
        for (int j = 0; j < count; j++) {
          float other = memory.get(parts + 2 * j);
          most = other > most ? other : most;
        }
        float total = 0f;
        for (int block = 0; block < count; block += 64) {
          int end = block + 64 < count ? block + 64 : count;
          float part = 0f;
          for (int j = block; j < end; j++) {
            part += squareOfShare(memory.get(parts + 2 * j), most) * memory.get(parts + 2 * j + 1);
          }
          total += part;
        }
        memory.set(y + i, most == 0 ? TornadoMath.sqrt(total) : most * TornadoMath.sqrt(total));
      }
      if (t == 0) {
        Work.done(memory, program, counters, at);
      }
    }
  }
}
