package org.quadralib.train;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.quadralib.backend.Backend;
import org.quadralib.backend.Backends;
import org.quadralib.layers.Layer;
import org.quadralib.layers.Model;
import org.quadralib.models.Models;
import org.quadralib.tensor.Shape;

/** A warm training step of a real model puts no tensor on the heap, whatever thread runs it. */
class StepAllocationTest {
  private static final int BATCH = 8;

  /**
   * The smallest feature map of the network. Below it are the objects of code that runs once a step
   * on a few numbers, after the last layer: the compiler takes hundreds of steps to get to it.
   */
  private static final long LIMIT = 4L * BATCH * 64 * 8 * 8;

  private static final int QUIET_STEPS = 3;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @Test
  void aStepOfAResidualNetworkAllocatesNoTensor() {
    try (Backend backend = Backends.named("vector", 2)) {
      long allocated = leastAllocation(backend, Models.named("qresnet14").build(10), 300);
      System.out.printf("heap allocated by a step of qresnet14: %d bytes%n", allocated);
      assertTrue(allocated < LIMIT, "a step still allocates " + allocated + " bytes on the heap");
    }
  }

  /** The most bytes of consecutive steps that allocate little, or of the last step. */
  private long leastAllocation(Backend backend, Layer network, int most) {
    try (Model model = Model.create(network, Shape.of(3, 32, 32), 1);
        TrainingStep step = TrainingStep.compile(model, backend, Recipe.defaults(), BATCH)) {
      Random random = new Random(3);
      for (long i = 0; i < step.input().elements(); i++) {
        step.input().set(i, random.nextGaussian());
      }
      int quiet = 0;
      long allocated = Long.MAX_VALUE;
      for (int i = 0; i < most && quiet < QUIET_STEPS; i++) {
        long before = threads.getTotalThreadAllocatedBytes();
        step.run(i, 1e-4);
        long bytes = threads.getTotalThreadAllocatedBytes() - before;
        allocated = quiet == 0 ? bytes : Math.max(allocated, bytes);
        quiet = bytes < LIMIT ? quiet + 1 : 0;
      }
      return allocated;
    }
  }
}
