package org.quadralib.models;

import java.util.function.IntFunction;
import org.quadralib.layers.Layer;

/**
 * A model of the pool.
 *
 * @param name as users select it
 * @param description one line
 * @param builder from the number of classes to the network
 */
public record ModelEntry(String name, String description, IntFunction<Layer> builder) {
  /** The network for so many classes. */
  public Layer build(int classes) {
    if (classes < 1) {
      throw new IllegalArgumentException("a model needs at least 1 class, not " + classes);
    }
    return builder.apply(classes);
  }
}
