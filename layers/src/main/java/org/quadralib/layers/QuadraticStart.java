package org.quadralib.layers;

import java.util.Optional;
import org.quadralib.graph.op.NeuronType;

/** Where the training of a quadratic layer starts. */
public enum QuadraticStart {
  /** All maps alike, as the layer's initialisation says. */
  RANDOM,
  /**
   * ReLinear (Fan et al., arXiv 2110.06081): the layer starts exactly first-order, and quadratic
   * terms grow. One map carries the first-order layer; its cofactor starts at 1, all else at 0.
   * With branch normalisation it is the scales γ that start at 0, since a normalised map is never
   * small.
   */
  RELINEAR;

  /**
   * The map that carries the first-order layer under {@link #RELINEAR}.
   *
   * @return empty if neurons of this type cannot be first-order
   */
  public static Optional<NeuronType.Map> carrier(NeuronType type) {
    return switch (type) {
      case FIRST_ORDER, T1 -> Optional.of(NeuronType.Map.C);
      case T4, T2_AND_4, QUADRA -> Optional.of(NeuronType.Map.A);
      case T1_PURE, T2, T3, T1_AND_2 -> Optional.empty();
    };
  }

  /**
   * Checks that neurons can start like this.
   *
   * @throws IllegalArgumentException if they cannot, saying why
   */
  void require(NeuronType type, boolean bias, boolean branchNorm) {
    if (this == RANDOM) {
      return;
    }
    if (carrier(type).isEmpty()) {
      throw new IllegalArgumentException(
          "neurons of type %s (%s) cannot start first-order: they have no first-order term; choose t1, t4, t2-and-4 or quadra"
              .formatted(type.written(), type.formula()));
    }
    if (type.maps().contains(NeuronType.Map.B) && !bias && !branchNorm) {
      throw new IllegalArgumentException(
          "neurons of type %s start first-order only with a bias: the second factor starts as the bias 1"
              .formatted(type.written()));
    }
  }

  /** Whether a map of a neuron belongs to its first-order term. */
  ParameterSpec.Order order(NeuronType type, NeuronType.Map map) {
    boolean first =
        map == NeuronType.Map.C || (this == RELINEAR && carrier(type).equals(Optional.of(map)));
    return first ? ParameterSpec.Order.FIRST : ParameterSpec.Order.SECOND;
  }

  /** Whether a map starts without effect, or as the factor 1. */
  boolean silences(NeuronType type, NeuronType.Map map) {
    return this == RELINEAR && !carrier(type).equals(Optional.of(map));
  }
}
