package org.quadralib.backend;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.quadralib.backend.scalar.ScalarBackend;
import org.quadralib.graph.GraphBuilder;
import org.quadralib.graph.Node;
import org.quadralib.graph.Ops;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.Composite;
import org.quadralib.graph.op.Fill;
import org.quadralib.graph.op.Op;
import org.quadralib.memory.TensorArena;
import org.quadralib.plan.Plan;
import org.quadralib.plan.Workspace;
import org.quadralib.tensor.Tensor;
import org.quadralib.tensor.TensorType;

/** What watching is for: backends with kernels that are not their own or do not behave. */
class WatchedBackendTest {
  private enum Defect {
    NONE,
    LEAVES_THE_LAST_ELEMENT,
    COUNTS_ON_ZEROS,
    READS_OLD_PANELS
  }

  /** The scalar backend's kernels under another name, but for fills, which may have a defect. */
  private static final class Suspect extends CpuBackend {
    private final CpuBackend scalar = new ScalarBackend();
    private final Defect defect;

    Suspect(Defect defect) {
      this.defect = defect;
    }

    @Override
    protected Kernel kernel(Node node, Memory memory) {
      if (!(node.op() instanceof Fill fill)) {
        return scalar.kernel(node, memory);
      }
      Tensor y = memory.out();
      return switch (defect) {
        case NONE -> scalar.kernel(node, memory);
        case LEAVES_THE_LAST_ELEMENT -> () -> fill(y, y.elements() - 1, fill.value());
        case COUNTS_ON_ZEROS -> () -> y.set(3, y.get(3) * 0 + fill.value());
        case READS_OLD_PANELS ->
            () -> {
              fill(y, y.elements(), fill.value() + memory.panels()[0][0]);
              memory.panels()[0][0] = 0;
            };
      };
    }

    private static void fill(Tensor y, long count, double value) {
      for (long i = 0; i < count; i++) {
        y.set(i, value);
      }
    }

    @Override
    public Workspace workspace(Node node) {
      return new Workspace(0, List.of(1));
    }

    @Override
    public boolean supports(Op op, List<TensorType> operands) {
      return true;
    }

    @Override
    public boolean fuses(Composite op) {
      return false;
    }

    @Override
    public String name() {
      return "suspect";
    }

    @Override
    public String description() {
      return "suspect";
    }

    @Override
    public void close() {}
  }

  private static float[] run(CpuBackend backend, Plan plan, ExecutionListener listener) {
    try (TensorArena arena = TensorArena.root("test")) {
      Executable executable = backend.compile(plan, arena, Map.of());
      executable.input("x").fill(1);
      executable.run(listener);
      return executable.output("y").toFloats();
    }
  }

  private static Plan plan(Backend backend) {
    GraphBuilder builder = new GraphBuilder();
    Value x = builder.input("x", TensorType.float32(4));
    builder.output("y", new Ops(builder).add(x, new Ops(builder).fillLike(x, 2)));
    return backend.plan(builder.build());
  }

  @ParameterizedTest
  @EnumSource(Defect.class)
  void poisonShowsEveryDefect(Defect defect) {
    Suspect suspect = new Suspect(defect);
    Plan plan = plan(suspect);
    WatchedBackend watched = new WatchedBackend(suspect, plan);
    float[] clean = run(suspect, plan, ExecutionListener.NONE);
    float[] poisoned = run(watched, plan, watched.poison());
    boolean differs =
        Stream.of(0, 1, 2, 3)
            .anyMatch(i -> Float.floatToIntBits(clean[i]) != Float.floatToIntBits(poisoned[i]));
    assertEquals(defect != Defect.NONE, differs);
    if (defect == Defect.NONE) {
      assertArrayEquals(new float[] {3, 3, 3, 3}, clean);
    }
  }

  @Test
  void kernelsThatComeFromAnotherBackendAreSeen() {
    Suspect suspect = new Suspect(Defect.LEAVES_THE_LAST_ELEMENT);
    Plan plan = plan(suspect);
    WatchedBackend watched = new WatchedBackend(suspect, plan);
    run(watched, plan, ExecutionListener.NONE);
    assertEquals(
        Set.of("org.quadralib.backend", "org.quadralib.backend.scalar"), watched.kernelPackages());
  }
}
