package org.quadralib.backend;

import org.quadralib.plan.Plan;
import org.quadralib.tensor.Tensor;

/**
 * A plan with memory, ready to run any number of times. Not thread-safe. It lives in the arena it
 * was compiled into.
 */
public interface Executable {
  /** What it runs. */
  Plan plan();

  /**
   * The memory of an input, to be filled before a run; its contents stay from run to run.
   *
   * @throws IllegalArgumentException if there is no such input
   */
  Tensor input(String name);

  /**
   * The memory of an output, valid after a run until the next.
   *
   * @throws IllegalArgumentException if there is no such output
   */
  Tensor output(String name);

  /** Runs all nodes. */
  default void run() {
    run(ExecutionListener.NONE);
  }

  /** Runs all nodes and reports each. */
  void run(ExecutionListener listener);
}
