package org.quadralib.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.quadralib.backend.Backend;
import org.quadralib.backend.Backends;
import org.quadralib.backend.ExecutionListener;
import org.quadralib.graph.Node;
import org.quadralib.layers.Backprop;
import org.quadralib.layers.Model;
import org.quadralib.models.Models;
import org.quadralib.tensor.Shape;

/** A warm training step of a real model puts no tensor on the heap, whatever thread runs it. */
class StepAllocationTest {
  private static final int BATCH = 8;

  /**
   * The smallest feature map of the network, for each operation: all in all there is more, because
   * in a JVM that has also run in double precision, looking at a number may make an object.
   */
  private static final long LIMIT = 4L * BATCH * 64 * 8 * 8;

  /** Of all operations together: 2 KB were measured in one JVM, 246 KB in another. */
  private static final long LIMIT_OF_STEP = 4 * LIMIT;

  private static final int STEPS = 21;
  private static final int QUIET_STEPS = 3;
  private static final int MOST_STEPS = 300;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @ParameterizedTest
  @EnumSource
  void aStepOfAResidualNetworkAllocatesNoTensor(Backprop backprop) {
    try (Backend backend = Backends.named("vector", 2);
        Model model = Model.create(Models.named("qresnet14").build(10), Shape.of(3, 32, 32), 1);
        TrainingStep step =
            TrainingStep.compile(model, backend, Recipe.defaults().backprop(backprop), BATCH)) {
      Random random = new Random(3);
      for (long i = 0; i < step.input().elements(); i++) {
        step.input().set(i, random.nextGaussian());
      }
      Map<String, Long> allocated = Map.of();
      int quiet = 0;
      for (int i = 0; i < MOST_STEPS && quiet < QUIET_STEPS; i++) {
        allocated = tensorsOnHeap(step, i);
        quiet = allocated.isEmpty() ? quiet + 1 : 0;
      }
      assertEquals(Map.of(), allocated);
      long median = medianOfSteps(step);
      System.out.printf("heap allocated per step, %s: %d bytes%n", backprop, median);
      assertTrue(median < LIMIT_OF_STEP, median + " bytes in a step, " + backprop);
    }
  }

  /** Bytes that all threads allocate in a step, without anyone looking at its operations. */
  private long medianOfSteps(TrainingStep step) {
    long[] bytes = new long[STEPS];
    for (int i = 0; i < STEPS; i++) {
      long before = threads.getTotalThreadAllocatedBytes();
      step.run(i, 1e-4);
      bytes[i] = threads.getTotalThreadAllocatedBytes() - before;
    }
    Arrays.sort(bytes);
    return bytes[STEPS / 2];
  }

  /** The operations of a step that put so much on the heap that it may be a tensor, with bytes. */
  private Map<String, Long> tensorsOnHeap(TrainingStep step, int number) {
    Map<String, Long> bytes = new TreeMap<>();
    long[] before = new long[1];
    step.run(
        number,
        1e-4,
        new ExecutionListener() {
          @Override
          public void before(int position, Node node) {
            before[0] = threads.getTotalThreadAllocatedBytes();
          }

          @Override
          public void after(int position, Node node) {
            long more = threads.getTotalThreadAllocatedBytes() - before[0];
            if (more >= LIMIT) {
              bytes.put(node.toString(), more);
            }
          }
        });
    return bytes;
  }
}
