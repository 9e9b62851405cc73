package org.quadralib.graph;

import org.quadralib.memory.Category;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.TensorType;

/**
 * A tensor of a graph, before it has memory.
 *
 * @param id unique within the graph, in order of creation
 * @param name unique within the graph: for inputs and state the name it is fed or stored under
 * @param source where its contents come from
 * @param category what its memory is accounted as
 */
public record Value(int id, String name, TensorType type, Source source, Category category) {

  /** Where contents come from. */
  public enum Source {
    /** Fed before each run. */
    INPUT,
    /** Kept from run to run outside the slab: parameters, running statistics, optimizer state. */
    STATE,
    /** Computed by a node. */
    NODE
  }

  /** Extents, outermost first. */
  public Shape shape() {
    return type.shape();
  }

  @Override
  public boolean equals(Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return id;
  }

  @Override
  public String toString() {
    return "%" + id + " " + name + " " + type;
  }
}
