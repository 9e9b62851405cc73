package org.quadralib.autodiff;

import java.util.Map;
import java.util.Set;
import org.quadralib.graph.Value;

/**
 * What the backward pass computes again instead of finding it kept. The input of a linear layer is
 * kept whatever is said here, for the layer before would otherwise be recomputed with it, and the
 * one before that.
 *
 * @param values results of nodes that are not kept
 * @param keptInstead values that are kept after all if the backward pass reads another, which then
 *     follows from them and would have taken as much memory; by the value that is kept
 */
public record Recomputed(Set<Value> values, Map<Value, Value> keptInstead) {
  /** Everything a gradient reads is kept. */
  public static final Recomputed NOTHING = new Recomputed(Set.of(), Map.of());

  /** Copies the collections. */
  public Recomputed {
    values = Set.copyOf(values);
    keptInstead = Map.copyOf(keptInstead);
  }
}
