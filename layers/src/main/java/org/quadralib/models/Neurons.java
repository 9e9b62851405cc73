package org.quadralib.models;

import org.quadralib.graph.op.NeuronType;
import org.quadralib.layers.Conv2d;
import org.quadralib.layers.Dense;
import org.quadralib.layers.Layer;
import org.quadralib.layers.QuadraticConv2d;
import org.quadralib.layers.QuadraticDense;
import org.quadralib.layers.QuadraticStart;

/** What the layers of a model are made of that can be quadratic. */
record Neurons(NeuronType type, boolean branchNorm, QuadraticStart start) {
  /**
   * For models that have neurons of their own.
   *
   * @throws IllegalArgumentException if others were asked for
   */
  void requireUsual(String model) {
    if (!equals(new Neurons(NeuronType.QUADRA, false, QuadraticStart.RANDOM))) {
      throw new IllegalArgumentException(
          model
              + " has neurons of its own, which cannot be changed, nor is there a first-order"
              + " network like it; choose another model");
    }
  }

  /** A first-order layer, or the quadratic one in its place, which has biases. */
  Layer of(Conv2d layer) {
    if (type == NeuronType.FIRST_ORDER) {
      return layer;
    }
    return new QuadraticConv2d(layer.out(), 1)
        .window(layer.window())
        .groups(layer.groups())
        .initializer(layer.initializer())
        .neuron(type)
        .branchNorm(branchNorm)
        .start(start);
  }

  /** A first-order layer, or the quadratic one in its place. */
  Layer of(Dense layer) {
    if (type == NeuronType.FIRST_ORDER) {
      return layer;
    }
    return new QuadraticDense(layer.out())
        .initializer(layer.initializer())
        .neuron(type)
        .branchNorm(branchNorm)
        .start(start);
  }
}
