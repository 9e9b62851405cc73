package org.quadralib.backend;

import java.util.List;
import org.quadralib.graph.Node;

/** Watches a run, node by node. */
public interface ExecutionListener {
  /** Watches nothing. */
  ExecutionListener NONE = new ExecutionListener() {};

  /** One that tells all of these, in their order. */
  static ExecutionListener all(List<ExecutionListener> listeners) {
    List<ExecutionListener> watching =
        listeners.stream().filter(listener -> listener != NONE).toList();
    if (watching.size() <= 1) {
      return watching.isEmpty() ? NONE : watching.getFirst();
    }
    return new ExecutionListener() {
      @Override
      public void before(int position, Node node) {
        watching.forEach(listener -> listener.before(position, node));
      }

      @Override
      public void after(int position, Node node) {
        watching.forEach(listener -> listener.after(position, node));
      }
    };
  }

  /** Called before a node runs; {@code position} counts from 1, as in the plan. */
  default void before(int position, Node node) {}

  /** Called after a node has run. */
  default void after(int position, Node node) {}
}
