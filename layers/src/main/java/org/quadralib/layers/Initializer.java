package org.quadralib.layers;

import java.util.random.RandomGenerator;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.Tensor;

/** Gives a parameter its first values. */
@FunctionalInterface
public interface Initializer {
  /** Fills a tensor; the generator is seeded for this parameter alone. */
  void fill(Tensor parameter, RandomGenerator random);

  /** All elements the same. */
  static Initializer constant(double value) {
    return (parameter, random) -> parameter.fill(value);
  }

  /** Normal distribution around 0. */
  static Initializer normal(double standardDeviation) {
    return (parameter, random) -> {
      for (long i = 0; i < parameter.elements(); i++) {
        parameter.set(i, random.nextGaussian() * standardDeviation);
      }
    };
  }

  /** Uniform in {@code [−bound, bound)}. */
  static Initializer uniform(double bound) {
    return (parameter, random) -> {
      for (long i = 0; i < parameter.elements(); i++) {
        parameter.set(i, random.nextDouble(-bound, bound));
      }
    };
  }

  /** Normal with variance {@code 2 / fan-in} (He et al. 2015), for layers before a ReLU. */
  static Initializer kaimingNormal() {
    return (parameter, random) ->
        normal(Math.sqrt(2.0 / fanIn(parameter.shape()))).fill(parameter, random);
  }

  /** Uniform with variance {@code 2 / fan-in} (He et al. 2015). */
  static Initializer kaimingUniform() {
    return (parameter, random) ->
        uniform(Math.sqrt(6.0 / fanIn(parameter.shape()))).fill(parameter, random);
  }

  /** Normal with variance {@code 2 / (fan-in + fan-out)} (Glorot & Bengio 2010). */
  static Initializer xavierNormal() {
    return (parameter, random) ->
        normal(Math.sqrt(2.0 / (fanIn(parameter.shape()) + fanOut(parameter.shape()))))
            .fill(parameter, random);
  }

  /** Uniform with variance {@code 2 / (fan-in + fan-out)} (Glorot & Bengio 2010). */
  static Initializer xavierUniform() {
    return (parameter, random) ->
        uniform(Math.sqrt(6.0 / (fanIn(parameter.shape()) + fanOut(parameter.shape()))))
            .fill(parameter, random);
  }

  private static long fanIn(Shape weight) {
    return weight.span(1, weight.rank());
  }

  private static long fanOut(Shape weight) {
    return (long) weight.dim(0) * weight.span(2, weight.rank());
  }
}
