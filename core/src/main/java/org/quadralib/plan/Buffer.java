package org.quadralib.plan;

import org.quadralib.memory.Category;

/**
 * A piece of the slab and when it is in use.
 *
 * @param name of the value it was made for, or of the node whose scratch memory it is
 * @param birth position of the node that first writes it; 0 for inputs, nodes count from 1
 * @param death position of the node that last reads it; one past the last node for outputs
 * @param offset in bytes from the start of the slab
 */
public record Buffer(
    String name, Category category, long bytes, int birth, int death, long offset) {

  /** Whether it holds something at this position. */
  public boolean isLiveAt(int position) {
    return birth <= position && position <= death;
  }
}
