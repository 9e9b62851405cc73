package org.quadralib.train;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.quadralib.backend.Backend;
import org.quadralib.backend.Backends;
import org.quadralib.layers.Model;
import org.quadralib.models.Models;
import org.quadralib.tensor.Shape;

/** A warm training step of a real model puts no tensor on the heap, whatever thread runs it. */
class StepAllocationTest {
  private static final int BATCH = 32;
  private static final int MOST_STEPS = 150;
  // The smallest activation: 64 channels of 8x8 pixels.
  private static final long SMALLEST_TENSOR = 4L * BATCH * 64 * 8 * 8;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @Test
  void aStepOfAResidualNetworkPutsNoTensorOnTheHeap() {
    try (Backend backend = Backends.named("vector", 2);
        Model model = Model.create(Models.named("qresnet14").build(10), Shape.of(3, 32, 32), 1);
        TrainingStep step = TrainingStep.compile(model, backend, Recipe.defaults(), BATCH)) {
      Random random = new Random(3);
      for (long i = 0; i < step.input().elements(); i++) {
        step.input().set(i, random.nextGaussian());
      }
      int quiet = 0;
      long allocated = Long.MAX_VALUE;
      // Vectors are objects until the compiler has seen the code that uses them.
      for (int i = 0; i < MOST_STEPS && quiet < 3; i++) {
        long before = threads.getTotalThreadAllocatedBytes();
        step.run(i, 1e-4);
        allocated = threads.getTotalThreadAllocatedBytes() - before;
        quiet = allocated < SMALLEST_TENSOR ? quiet + 1 : 0;
      }
      assertTrue(quiet == 3, "a step still allocates " + allocated + " bytes on the heap");
    }
  }
}
