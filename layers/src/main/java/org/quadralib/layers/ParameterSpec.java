package org.quadralib.layers;

import org.quadralib.tensor.TensorType;

/**
 * A parameter a layer declared.
 *
 * @param name path in the state dictionary, for example {@code layer1.0.conv1.conv2.weight}
 * @param order of the term it belongs to
 */
public record ParameterSpec(
    String name, TensorType type, Initializer initializer, Kind kind, Order order) {
  /** A parameter of a first-order term. */
  public ParameterSpec(String name, TensorType type, Initializer initializer, Kind kind) {
    this(name, type, initializer, kind, Order.FIRST);
  }

  /** The order of a term in the layer's input, for optimizers and reports that tell them apart. */
  public enum Order {
    /** Part of a first-order term, and of everything that is no quadratic layer. */
    FIRST,
    /** Factor or summand of a second-order term. */
    SECOND
  }

  /** What a parameter is, for optimizers that treat kinds differently. */
  public enum Kind {
    /** Weights of a map. */
    WEIGHT,
    /** Additive constants of a map. */
    BIAS,
    /** Scale γ of a normalisation. */
    NORM_SCALE,
    /** Shift β of a normalisation. */
    NORM_SHIFT,
    /** Running statistic: saved with the model, changed by running it, not by the optimizer. */
    STATISTIC
  }

  /** Whether the optimizer changes it. */
  public boolean trainable() {
    return kind != Kind.STATISTIC;
  }
}
