package org.quadralib.builder;

import java.util.List;

/**
 * A part of a network that can be removed as a whole: a convolution with its normalisation and
 * activation, or a residual block that keeps the shape.
 *
 * @param path of its first layer, which names it
 * @param members paths of the parts to remove
 */
public record Unit(String path, List<String> members) {
  /** Copies the members. */
  public Unit {
    members = List.copyOf(members);
  }

  /** Whether a parameter or layer belongs to it. */
  public boolean owns(String name) {
    return members.stream()
        .anyMatch(member -> name.equals(member) || name.startsWith(member + "."));
  }
}
