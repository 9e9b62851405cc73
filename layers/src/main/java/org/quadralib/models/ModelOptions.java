package org.quadralib.models;

import java.util.Optional;
import org.quadralib.graph.op.NeuronType;
import org.quadralib.layers.QuadraticStart;
import org.quadralib.tensor.Shape;

/**
 * What a model of the pool is built for. Immutable; the methods give changed copies.
 *
 * @param example shape of one example, without the batch: {@code [channels, height, width]}
 * @param classes number of outputs
 * @param neuron of the layers that can be quadratic; empty takes the model's own
 * @param branchNorm whether quadratic convolutions normalise each branch; empty takes the model's
 *     own, or false for neurons that have no such form
 * @param width multiplies the channels of all layers but the last
 * @param start of the quadratic layers
 */
public record ModelOptions(
    Shape example,
    int classes,
    Optional<NeuronType> neuron,
    Optional<Boolean> branchNorm,
    double width,
    QuadraticStart start) {
  /** Checks the numbers. */
  public ModelOptions {
    if (classes < 1) {
      throw new IllegalArgumentException("a model needs at least 1 class, not " + classes);
    }
    if (!(width > 0 && width <= 64)) {
      throw new IllegalArgumentException(
          "the width of a model must be above 0 and at most 64, not " + width);
    }
  }

  /** A model as it is by itself. */
  public static ModelOptions of(Shape example, int classes) {
    return new ModelOptions(
        example, classes, Optional.empty(), Optional.empty(), 1, QuadraticStart.RANDOM);
  }

  /** With other neurons. */
  public ModelOptions neuron(NeuronType other) {
    return new ModelOptions(example, classes, Optional.of(other), branchNorm, width, start);
  }

  /** With or without normalised branches. */
  public ModelOptions branchNorm(boolean other) {
    return new ModelOptions(example, classes, neuron, Optional.of(other), width, start);
  }

  /** With so many times the channels. */
  public ModelOptions width(double other) {
    return new ModelOptions(example, classes, neuron, branchNorm, other, start);
  }

  /** With quadratic layers that start so. */
  public ModelOptions start(QuadraticStart other) {
    return new ModelOptions(example, classes, neuron, branchNorm, width, other);
  }
}
