package org.quadralib.layers;

import java.util.random.RandomGenerator;
import org.quadralib.tensor.Tensor;

/** Gives a parameter its first values. */
@FunctionalInterface
public interface Initializer {
  /** Fills a tensor; the generator is seeded for this parameter alone. */
  void fill(Tensor parameter, RandomGenerator random);

  /** All elements the same. */
  static Initializer constant(double value) {
    return new StandardInitializer(StandardInitializer.Rule.CONSTANT, value);
  }

  /** Normal distribution around 0. */
  static Initializer normal(double standardDeviation) {
    return new StandardInitializer(StandardInitializer.Rule.NORMAL, standardDeviation);
  }

  /** Uniform in {@code [−bound, bound)}. */
  static Initializer uniform(double bound) {
    return new StandardInitializer(StandardInitializer.Rule.UNIFORM, bound);
  }

  /** Normal with variance {@code 2 / fan-in} (He et al. 2015), for layers before a ReLU. */
  static Initializer kaimingNormal() {
    return new StandardInitializer(StandardInitializer.Rule.KAIMING_NORMAL, 1);
  }

  /** Uniform with variance {@code 2 / fan-in} (He et al. 2015). */
  static Initializer kaimingUniform() {
    return new StandardInitializer(StandardInitializer.Rule.KAIMING_UNIFORM, 1);
  }

  /** Normal with variance {@code 2 / (fan-in + fan-out)} (Glorot & Bengio 2010). */
  static Initializer xavierNormal() {
    return new StandardInitializer(StandardInitializer.Rule.XAVIER_NORMAL, 1);
  }

  /** Uniform with variance {@code 2 / (fan-in + fan-out)} (Glorot & Bengio 2010). */
  static Initializer xavierUniform() {
    return new StandardInitializer(StandardInitializer.Rule.XAVIER_UNIFORM, 1);
  }
}
