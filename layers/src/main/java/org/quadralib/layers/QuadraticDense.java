package org.quadralib.layers;

import java.util.Optional;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.NeuronType;

/**
 * Fully connected quadratic neurons: {@code [n, in]} to {@code [n, out]}. State: {@code fc1} for
 * the map A, {@code fc2} for B, {@code fc3} for C, {@code fc4} for the map of {@code x²}, each with
 * {@code weight [out, in]} and {@code bias [out]}; {@code form.weight [out, in, in]} for the full
 * form; with branch normalisation {@code bn1 … bn3} as {@link BatchNorm2d}. Immutable; the methods
 * give changed copies.
 *
 * @param backprop how it is differentiated; empty to follow the run's choice
 * @param start where training starts; {@link QuadraticStart#RELINEAR} is first-order
 */
public record QuadraticDense(
    int out,
    NeuronType neuron,
    boolean bias,
    boolean branchNorm,
    Initializer initializer,
    Optional<Backprop> backprop,
    QuadraticStart start)
    implements Layer {
  /** Checks the number of neurons, and that they can start so. */
  public QuadraticDense {
    Layers.requirePositive("QuadraticDense", "out", out);
    start.require(neuron, bias, branchNorm);
  }

  /** Neurons {@code A∘B + C} with bias. */
  public QuadraticDense(int out) {
    this(
        out,
        NeuronType.QUADRA,
        true,
        false,
        Initializer.kaimingNormal(),
        Optional.empty(),
        QuadraticStart.RANDOM);
  }

  /** With another type of neuron. */
  public QuadraticDense neuron(NeuronType other) {
    return new QuadraticDense(out, other, bias, branchNorm, initializer, backprop, start);
  }

  /** With or without biases. */
  public QuadraticDense bias(boolean other) {
    return new QuadraticDense(out, neuron, other, branchNorm, initializer, backprop, start);
  }

  /** With each branch normalised: {@code BN(A)∘BN(B) + BN(C)}. */
  public QuadraticDense branchNorm(boolean other) {
    return new QuadraticDense(out, neuron, bias, other, initializer, backprop, start);
  }

  /** Differently initialised. */
  public QuadraticDense initializer(Initializer other) {
    return new QuadraticDense(out, neuron, bias, branchNorm, other, backprop, start);
  }

  /** Differentiated in this way whatever the run's choice. */
  public QuadraticDense backprop(Backprop choice) {
    return new QuadraticDense(
        out, neuron, bias, branchNorm, initializer, Optional.of(choice), start);
  }

  /** Starting so: first-order, or with random quadratic terms. */
  public QuadraticDense start(QuadraticStart other) {
    return new QuadraticDense(out, neuron, bias, branchNorm, initializer, backprop, other);
  }

  @Override
  public Value trace(Trace trace, Value x) {
    Layers.requireRank(trace, "QuadraticDense", x, 2, "[batch, features]; put a Flatten before it");
    var map = new org.quadralib.graph.op.Dense(1, false);
    return new QuadraticLayer(
            neuron, map, out, bias, branchNorm, initializer, backprop, start, "fc")
        .trace(trace, x);
  }
}
