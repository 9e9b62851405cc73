package org.quadralib.plan;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.quadralib.backend.CpuBackend;
import org.quadralib.backend.Executable;
import org.quadralib.backend.ExecutionListener;
import org.quadralib.backend.WatchedBackend;
import org.quadralib.backend.scalar.ScalarBackend;
import org.quadralib.memory.Category;
import org.quadralib.memory.TensorArena;
import org.quadralib.tensor.Tensor;
import org.quadralib.tensor.TensorType;

/** On random graphs: reusing memory changes nothing, and saves something. */
class PlannerPropertyTest {
  private static final int GRAPHS = 300;
  private static final int NODES = 40;

  private final CpuBackend backend = new ScalarBackend();

  @Test
  void memoryIsReusedWithoutChangingAnyBit() {
    int inPlace = 0;
    double worst = 1;
    double sum = 0;
    for (int seed = 0; seed < GRAPHS; seed++) {
      Plan plan = backend.plan(RandomGraph.of(seed, NODES, false));
      Plan spacious = backend.plan(RandomGraph.of(seed, NODES, true));
      Map<String, float[]> expected = run(backend, spacious, ExecutionListener.NONE);
      WatchedBackend watched = new WatchedBackend(backend, plan);
      for (var result : run(watched, plan, watched.poison()).entrySet()) {
        String where = result.getKey() + " of graph " + seed;
        assertArrayEquals(expected.get(result.getKey()), result.getValue(), where);
      }
      inPlace += plan.placements().size() - plan.graph().states().size() - plan.buffers().size();
      double ratio = (double) plan.slabBytes() / plan.liveBytes(plan.peakPosition());
      worst = Math.max(worst, ratio);
      sum += ratio;
    }
    double mean = sum / GRAPHS;
    System.out.printf(
        "Slabs of %d random graphs: %.3f of the largest live size on average, %.3f at worst%n",
        GRAPHS, mean, worst);
    assertTrue(inPlace > GRAPHS, "only " + inPlace + " values share memory");
    assertTrue(mean < 1.1, "slabs are on average " + mean + " times what lives in them");
  }

  private static Map<String, float[]> run(
      CpuBackend backend, Plan plan, ExecutionListener listener) {
    try (TensorArena arena = TensorArena.root("random graph")) {
      Random random = new Random(1);
      TensorType square = TensorType.float32(4, 4);
      Tensor weight = arena.allocate("w", Category.PARAMETER, square);
      fill(weight, random);
      Executable executable = backend.compile(plan, arena, Map.of("w", weight));
      fill(executable.input("a"), random);
      fill(executable.input("b"), random);
      executable.run(listener);
      Map<String, float[]> results = new HashMap<>();
      for (String name : plan.graph().outputs().keySet()) {
        results.put(name, executable.output(name).toFloats());
      }
      return results;
    }
  }

  private static void fill(Tensor tensor, Random random) {
    for (int i = 0; i < tensor.elements(); i++) {
      tensor.set(i, random.nextGaussian());
    }
  }
}
