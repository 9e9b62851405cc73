package org.quadralib.contract;

import java.util.Arrays;
import java.util.Random;

/** How the values fed to a case are drawn; always of both signs unless the operation forbids it. */
@FunctionalInterface
interface Values {
  /** As many floats as asked for. */
  float[] draw(Random random, int count);

  /** Standard normal. */
  Values NORMAL = each(random -> (float) random.nextGaussian());

  /** Uniform in [0.5, 2.5): denominators, logarithms, variances. */
  Values POSITIVE = each(random -> 0.5f + 2 * random.nextFloat());

  /** Of both signs, away from zero, where functions like ReLU have their kink. */
  Values OFF_ZERO = off(normal(0, 2), 0);

  /** Of both signs and so far from each other that no rounding changes which one is larger. */
  Values DISTINCT =
      (random, count) -> {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
          values[i] = (i - count / 2 + 0.25f) / 16;
          int other = random.nextInt(i + 1);
          float swap = values[i];
          values[i] = values[other];
          values[other] = swap;
        }
        return values;
      };

  /** Normal with this mean and deviation. */
  static Values normal(double mean, double deviation) {
    return each(random -> (float) (mean + deviation * random.nextGaussian()));
  }

  /** Drawn from {@code values}, but at least 0.05 away from each of these. */
  static Values off(Values values, double... kinks) {
    return each(
        random -> {
          while (true) {
            float value = values.draw(random, 1)[0];
            if (Arrays.stream(kinks).allMatch(kink -> Math.abs(value - kink) > 0.05)) {
              return value;
            }
          }
        });
  }

  /** These, again and again. */
  static Values cycle(float... values) {
    return (random, count) -> {
      float[] result = new float[count];
      for (int i = 0; i < count; i++) {
        result[i] = values[i % values.length];
      }
      return result;
    };
  }

  /** A source of one value. */
  interface Source {
    float next(Random random);
  }

  private static Values each(Source source) {
    return (random, count) -> {
      float[] values = new float[count];
      for (int i = 0; i < count; i++) {
        values[i] = source.next(random);
      }
      return values;
    };
  }
}
