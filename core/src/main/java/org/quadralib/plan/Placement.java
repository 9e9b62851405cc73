package org.quadralib.plan;

/** Where a value lives. */
public sealed interface Placement {
  /** In the slab. */
  record InSlab(Buffer buffer) implements Placement {}

  /** In memory that outlives the plan and is given to it by name. */
  record InState(String name) implements Placement {}
}
