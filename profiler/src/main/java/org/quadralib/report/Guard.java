package org.quadralib.report;

import java.io.IOException;
import java.util.function.Consumer;
import org.quadralib.backend.Executable;
import org.quadralib.backend.ExecutionListener;
import org.quadralib.data.Batch;
import org.quadralib.graph.Node;
import org.quadralib.tensor.Tensor;
import org.quadralib.train.EvaluationListener;

/**
 * Keeps what only reports from ending what it reports on: the first failure is said, and is the
 * last.
 */
public final class Guard {
  private final String what;
  private final Consumer<String> warnings;
  private boolean failed;

  /** Something that may fail. */
  @FunctionalInterface
  public interface Action {
    /** Does it. */
    void run() throws IOException;
  }

  /**
   * A guard.
   *
   * @param what is done, for the warning
   */
  public Guard(String what, Consumer<String> warnings) {
    this.what = what;
    this.warnings = warnings;
  }

  /** Does something; after the first failure, nothing. */
  public void run(Action action) {
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

  /** One that listens to an evaluation as long as it does not fail. */
  public EvaluationListener around(EvaluationListener listener) {
    return new EvaluationListener() {
      @Override
      public ExecutionListener watch(int number, Executable executable) {
        ExecutionListener[] watching = {ExecutionListener.NONE};
        Guard.this.run(() -> watching[0] = listener.watch(number, executable));
        return around(watching[0]);
      }

      @Override
      public void onBatch(Batch batch, Tensor logits) {
        Guard.this.run(() -> listener.onBatch(batch, logits));
      }
    };
  }

  /** One that watches a run as long as it does not fail. */
  public ExecutionListener around(ExecutionListener listener) {
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
