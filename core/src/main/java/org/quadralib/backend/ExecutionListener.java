package org.quadralib.backend;

import org.quadralib.graph.Node;

/** Watches a run, node by node. */
public interface ExecutionListener {
  /** Watches nothing. */
  ExecutionListener NONE = new ExecutionListener() {};

  /** Called before a node runs; {@code position} counts from 1, as in the plan. */
  default void before(int position, Node node) {}

  /** Called after a node has run. */
  default void after(int position, Node node) {}
}
