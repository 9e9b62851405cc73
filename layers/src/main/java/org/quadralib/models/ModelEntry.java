package org.quadralib.models;

import org.quadralib.graph.op.NeuronType;
import org.quadralib.layers.Layer;
import org.quadralib.tensor.Shape;

/**
 * A model of the pool.
 *
 * @param name as users select it
 * @param description one line
 * @param neuron of its layers, unless asked for others
 * @param branchNorm whether its quadratic convolutions normalise each branch, unless asked not to
 */
public record ModelEntry(
    String name, String description, NeuronType neuron, boolean branchNorm, Family family) {
  private static final Shape CIFAR = Shape.of(3, 32, 32);

  /** What models that differ in their neurons have in common. */
  @FunctionalInterface
  interface Family {
    /** The network, at width 1. */
    Layer build(Shape example, int classes, Neurons neurons);
  }

  /** The network for so many classes and colour images of 32×32. */
  public Layer build(int classes) {
    return build(ModelOptions.of(CIFAR, classes));
  }

  /** The network for some images, classes and neurons. */
  public Layer build(ModelOptions options) {
    NeuronType type = options.neuron().orElse(neuron);
    boolean norm = options.branchNorm().orElse(branchNorm && type == NeuronType.QUADRA);
    if (norm && type != NeuronType.QUADRA && type != NeuronType.FIRST_ORDER) {
      throw new IllegalArgumentException(
          "branch normalisation is defined for quadra neurons, not for " + type.written());
    }
    Neurons neurons = new Neurons(type, norm, options.start());
    Layer layer = family.build(options.example(), options.classes(), neurons);
    return options.width() == 1 ? layer : Width.scale(layer, options.width());
  }

  /** Whether its neurons are quadratic. */
  public boolean isQuadratic() {
    return neuron != NeuronType.FIRST_ORDER;
  }
}
