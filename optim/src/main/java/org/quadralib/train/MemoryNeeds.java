package org.quadralib.train;

import org.quadralib.memory.Category;
import org.quadralib.memory.MemoryLimitException;
import org.quadralib.memory.SystemMemory;
import org.quadralib.plan.Plan;

/** The check that a plan fits before anything of it is allocated. */
final class MemoryNeeds {
  private MemoryNeeds() {}

  /**
   * Compares what a plan needs beside the parameters, which are there already, with what there is.
   *
   * @throws MemoryLimitException saying both
   */
  static void require(String owner, Plan plan) {
    long needed = plan.stateBytes(Category.OPTIMIZER) + plan.slabBytes();
    long available = SystemMemory.availableBytes();
    if (needed > available) {
      throw new MemoryLimitException(owner, needed, available);
    }
    Runtime runtime = Runtime.getRuntime();
    long freeHeap = runtime.maxMemory() - (runtime.totalMemory() - runtime.freeMemory());
    if (plan.panelBytes() > freeHeap) {
      throw new MemoryLimitException(owner + " (on the heap)", plan.panelBytes(), freeHeap);
    }
  }
}
