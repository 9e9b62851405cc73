package org.quadralib.vector.parallel;

/** Work that is split into numbered tasks, run by {@link WorkerPool#parallelFor}. */
@FunctionalInterface
public interface ParallelTask {

  /**
   * Runs one task. For results that do not depend on the number of threads, what a task computes
   * must depend on {@code task} alone; {@code worker} is only there to pick scratch memory.
   *
   * @param task number of the task, from 0
   * @param worker number of the thread that runs it, from 0 to the pool's thread count − 1
   */
  void run(int task, int worker);
}
