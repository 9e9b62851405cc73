package org.quadralib.layers;

import java.util.random.RandomGenerator;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.Tensor;

/**
 * The initialisations of the field, as data, so that an architecture can be written down.
 *
 * @param parameter the constant, the standard deviation or the bound; for the other rules a factor
 *     on all values, usually 1
 */
public record StandardInitializer(Rule rule, double parameter) implements Initializer {
  /** How values are drawn. */
  public enum Rule {
    /** All the same. */
    CONSTANT,
    /** Normal distribution around 0. */
    NORMAL,
    /** Uniform around 0. */
    UNIFORM,
    /** Normal with variance {@code 2 / fan-in}. */
    KAIMING_NORMAL,
    /** Uniform with variance {@code 2 / fan-in}. */
    KAIMING_UNIFORM,
    /** Normal with variance {@code 2 / (fan-in + fan-out)}. */
    XAVIER_NORMAL,
    /** Uniform with variance {@code 2 / (fan-in + fan-out)}. */
    XAVIER_UNIFORM
  }

  @Override
  public void fill(Tensor tensor, RandomGenerator random) {
    Shape shape = tensor.shape();
    switch (rule) {
      case CONSTANT -> tensor.fill(parameter);
      case NORMAL -> normal(tensor, random, parameter);
      case UNIFORM -> uniform(tensor, random, parameter);
      case KAIMING_NORMAL -> normal(tensor, random, parameter * Math.sqrt(2.0 / fanIn(shape)));
      case KAIMING_UNIFORM -> uniform(tensor, random, parameter * Math.sqrt(6.0 / fanIn(shape)));
      case XAVIER_NORMAL ->
          normal(tensor, random, parameter * Math.sqrt(2.0 / (fanIn(shape) + fanOut(shape))));
      case XAVIER_UNIFORM ->
          uniform(tensor, random, parameter * Math.sqrt(6.0 / (fanIn(shape) + fanOut(shape))));
    }
  }

  private static void normal(Tensor tensor, RandomGenerator random, double standardDeviation) {
    for (long i = 0; i < tensor.elements(); i++) {
      tensor.set(i, random.nextGaussian() * standardDeviation);
    }
  }

  private static void uniform(Tensor tensor, RandomGenerator random, double bound) {
    for (long i = 0; i < tensor.elements(); i++) {
      tensor.set(i, random.nextDouble(-bound, bound));
    }
  }

  private static long fanIn(Shape weight) {
    return weight.span(1, weight.rank());
  }

  private static long fanOut(Shape weight) {
    return (long) weight.dim(0) * weight.span(2, weight.rank());
  }
}
