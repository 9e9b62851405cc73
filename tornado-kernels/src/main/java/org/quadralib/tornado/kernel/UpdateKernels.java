package org.quadralib.tornado.kernel;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.math.TornadoMath;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** Updates of state in place. */
public final class UpdateKernels {
  private UpdateKernels() {}

  /** {@code n, running, batch value, constants}: what is kept, what is added. */
  public static void movingAverage(
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
      int running = program.get(at + 3);
      int value = program.get(at + 4);
      float kept = constants.get(program.get(at + 5));
      float added = constants.get(program.get(at + 5) + 1);
      int last = Work.last(t, n, threads, blocked);
      int step = Work.step(threads, blocked);
      for (int i = Work.first(t, n, threads, blocked); i < last; i += step) {
        memory.set(running + i, kept * memory.get(running + i) + added * memory.get(value + i));
      }
      if (t == 0) {
        Work.done(memory, program, counters, at);
      }
    }
  }

  /**
   * {@code n, w, g, v, rate, whether Nesterov, constants}: momentum, weight decay; {@code v} is −1
   * without momentum.
   */
  public static void sgd(
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
      int w = program.get(at + 3);
      int g = program.get(at + 4);
      int v = program.get(at + 5);
      int rates = program.get(at + 6);
      int nesterov = program.get(at + 7);
      float momentum = constants.get(program.get(at + 8));
      float decay = constants.get(program.get(at + 8) + 1);
      float rate = memory.get(rates);
      int last = Work.last(t, n, threads, blocked);
      int step = Work.step(threads, blocked);
      for (int i = Work.first(t, n, threads, blocked); i < last; i += step) {
        float weight = memory.get(w + i);
        float d = memory.get(g + i) + decay * weight;
        if (v >= 0) {
          float velocity = momentum * memory.get(v + i) + d;
          memory.set(v + i, velocity);
          d = nesterov == 1 ? d + momentum * velocity : velocity;
        }
        memory.set(w + i, weight - rate * d);
      }
      if (t == 0) {
        Work.done(memory, program, counters, at);
      }
    }
  }

  /** {@code n, w, g, m, v, sizes, whether decoupled, constants}: β₁, 1−β₁, β₂, 1−β₂, ε, λ. */
  public static void adam(
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
      int w = program.get(at + 3);
      int g = program.get(at + 4);
      int m = program.get(at + 5);
      int v = program.get(at + 6);
      int sizes = program.get(at + 7);
      int decoupled = program.get(at + 8);
      int k = program.get(at + 9);
      float keep1 = constants.get(k);
      float add1 = constants.get(k + 1);
      float keep2 = constants.get(k + 2);
      float add2 = constants.get(k + 3);
      float epsilon = constants.get(k + 4);
      float decay = constants.get(k + 5);
      float rate = memory.get(sizes);
      float correction1 = memory.get(sizes + 1);
      float correction2 = memory.get(sizes + 2);
      int last = Work.last(t, n, threads, blocked);
      int step = Work.step(threads, blocked);
      for (int i = Work.first(t, n, threads, blocked); i < last; i += step) {
        float weight = memory.get(w + i);
        float gradient = memory.get(g + i);
        if (decoupled == 1) {
          weight -= rate * decay * weight;
        } else {
          gradient += decay * weight;
        }
        float first = keep1 * memory.get(m + i) + add1 * gradient;
        float second = keep2 * memory.get(v + i) + add2 * gradient * gradient;
        memory.set(m + i, first);
        memory.set(v + i, second);
        float denominator = TornadoMath.sqrt(second / correction2) + epsilon;
        memory.set(w + i, weight - rate * (first / correction1) / denominator);
      }
      if (t == 0) {
        Work.done(memory, program, counters, at);
      }
    }
  }

  /** {@code n, w, g, s, u, rate, constants}: ρ, 1−ρ, ε, λ. */
  public static void adadelta(
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
      int w = program.get(at + 3);
      int g = program.get(at + 4);
      int s = program.get(at + 5);
      int u = program.get(at + 6);
      int rates = program.get(at + 7);
      int k = program.get(at + 8);
      float keep = constants.get(k);
      float add = constants.get(k + 1);
      float epsilon = constants.get(k + 2);
      float decay = constants.get(k + 3);
      float rate = memory.get(rates);
      int last = Work.last(t, n, threads, blocked);
      int step = Work.step(threads, blocked);
      for (int i = Work.first(t, n, threads, blocked); i < last; i += step) {
        float weight = memory.get(w + i);
        float d = memory.get(g + i) + decay * weight;
        float squares = keep * memory.get(s + i) + add * d * d;
        float before = memory.get(u + i);
        float delta = TornadoMath.sqrt(before + epsilon) / TornadoMath.sqrt(squares + epsilon) * d;
        memory.set(s + i, squares);
        memory.set(u + i, keep * before + add * delta * delta);
        memory.set(w + i, weight - rate * delta);
      }
      if (t == 0) {
        Work.done(memory, program, counters, at);
      }
    }
  }
}
