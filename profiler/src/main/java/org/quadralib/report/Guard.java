package org.quadralib.report;

import java.io.IOException;
import java.util.function.Consumer;
import org.quadralib.backend.ExecutionListener;
import org.quadralib.graph.Node;

/**
 * Keeps what only reports from ending what it reports on: the first failure is said, and is the
 * last.
 */
final class Guard {
  private final String what;
  private final Consumer<String> warnings;
  private boolean failed;

  /** Something that may fail. */
  @FunctionalInterface
  interface Action {
    void run() throws IOException;
  }

  /**
   * A guard.
   *
   * @param what is done, for the warning
   */
  Guard(String what, Consumer<String> warnings) {
    this.what = what;
    this.warnings = warnings;
  }

  void run(Action action) {
    if (failed) {
      return;
    }
    try {
      action.run();
    } catch (IOException | RuntimeException e) {
      failed = true;
      warnings.accept(
          "%s failed, training does not depend on it: %s"
              .formatted(what, e.getMessage() == null ? e : e.getMessage()));
    }
  }

  ExecutionListener around(ExecutionListener listener) {
    if (listener == ExecutionListener.NONE || failed) {
      return ExecutionListener.NONE;
    }
    return new ExecutionListener() {
      @Override
      public void before(int position, Node node) {
        run(() -> listener.before(position, node));
      }

      @Override
      public void after(int position, Node node) {
        run(() -> listener.after(position, node));
      }
    };
  }
}
