package org.quadralib.tornado;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.quadralib.backend.Backend;
import org.quadralib.backend.CpuBackend;
import org.quadralib.backend.DeviceException;
import org.quadralib.backend.Executable;
import org.quadralib.backend.Kernel;
import org.quadralib.backend.Memory;
import org.quadralib.backend.scalar.ScalarBackend;
import org.quadralib.graph.GraphBuilder;
import org.quadralib.graph.Node;
import org.quadralib.graph.op.Binary;
import org.quadralib.graph.op.Composite;
import org.quadralib.graph.op.MulAdd;
import org.quadralib.graph.op.Op;
import org.quadralib.graph.op.Reshape;
import org.quadralib.memory.MemoryLimitException;
import org.quadralib.memory.TensorArena;
import org.quadralib.plan.Plan;
import org.quadralib.plan.Workspace;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.TensorType;

/** What goes wrong on a device is an error, and never a result of zeros. */
@NeedsTornado
class FailureTest {
  private static final int SIZE = 1000;

  private static GraphBuilder graph() {
    GraphBuilder graph = new GraphBuilder();
    var x = graph.input("x", TensorType.float32(SIZE));
    var y = graph.apply(new MulAdd(), x, x, x);
    graph.output("y", graph.apply(new Binary(Binary.Function.ADD), y, x));
    return graph;
  }

  private static Executable compile(Backend backend, TensorArena arena) {
    Executable executable = backend.compile(backend.plan(graph().build()), arena, Map.of());
    for (int i = 0; i < SIZE; i++) {
      executable.input("x").set(i, i - 500);
    }
    return executable;
  }

  @Test
  void kernelsRunOnTheDevice() {
    try (Backend backend = new TornadoBackend(Devices.preferred(), Style.LOOPS, null);
        TensorArena arena = TensorArena.root("test")) {
      Executable executable = compile(backend, arena);
      executable.run();
      assertEquals(2, executable.traffic().launches());
      assertEquals(-500.0 * -500 - 1000, executable.output("y").get(0));
      assertEquals(499.0 * 499 + 998, executable.output("y").get(999));
    }
  }

  /** A grid of groups that do not fit into it: the driver refuses, TornadoVM prints and goes on. */
  @Test
  void aLocalSizeThatDoesNotDivideIsAnError() {
    try (Backend backend =
            new TornadoBackend(Devices.preferred(), new Style(100, 48, true, false), null);
        TensorArena arena = TensorArena.root("test")) {
      DeviceException error =
          assertThrows(DeviceException.class, () -> compile(backend, arena).run());
      assertTrue(error.getMessage().contains("docs/gpu.md"), error.getMessage());
    }
  }

  /** Seen from the device, a reference that is wrong is a kernel that is wrong. */
  @Test
  void aKernelThatComputesSomethingElseIsFoundInTheFirstRun() {
    CpuBackend sevens =
        new CpuBackend() {
          private final ScalarBackend scalar = new ScalarBackend();

          @Override
          protected Kernel kernel(Node node, Memory memory) {
            return () -> memory.out().fill(7);
          }

          @Override
          public String name() {
            return "sevens";
          }

          @Override
          public String description() {
            return "sevens";
          }

          @Override
          public boolean supports(Op op, List<TensorType> operands) {
            return true;
          }

          @Override
          public boolean fuses(Composite op) {
            return scalar.fuses(op);
          }

          @Override
          public Workspace workspace(Node node) {
            return Workspace.NONE;
          }

          @Override
          public void close() {}
        };
    try (Backend backend =
            new TornadoBackend(Devices.preferred(), Style.LOOPS, new NodeCheck(sevens));
        TensorArena arena = TensorArena.root("test")) {
      Executable executable = compile(backend, arena);
      DeviceException error = assertThrows(DeviceException.class, executable::run);
      assertTrue(error.getMessage().contains("element 0"), error.getMessage());
      assertTrue(error.getMessage().contains("MulAdd"), error.getMessage());
    }
  }

  @Test
  void theCheckPassesWhatIsRight() {
    try (Backend backend =
            new TornadoBackend(
                Devices.preferred(), Style.LOOPS, new NodeCheck(new ScalarBackend()));
        TensorArena arena = TensorArena.root("test")) {
      Executable executable = compile(backend, arena);
      executable.run();
      float[] first = executable.output("y").toFloats();
      executable.run();
      assertArrayEquals(first, executable.output("y").toFloats());
    }
  }

  @Test
  void anOperationOnIntegersIsRefusedWhenThePlanIsCompiled() {
    GraphBuilder graph = new GraphBuilder();
    var labels = graph.input("labels", new TensorType(DType.INT32, Shape.of(6)));
    graph.output("y", graph.apply(new Reshape(Shape.of(2, 3)), labels));
    try (Backend backend = new TornadoBackend(Devices.preferred(), Style.LOOPS, null);
        TensorArena arena = TensorArena.root("test")) {
      Plan plan = backend.plan(graph.build());
      var error =
          assertThrows(
              UnsupportedOperationException.class, () -> backend.compile(plan, arena, Map.of()));
      assertTrue(error.getMessage().contains("Reshape"), error.getMessage());
    }
  }

  @Test
  void tooLittleMemoryIsAnErrorBeforeAnythingIsAllocated() {
    GraphBuilder graph = new GraphBuilder();
    var x = graph.input("x", TensorType.float32(1 << 30));
    var y = graph.apply(new Binary(Binary.Function.MUL), x, x);
    graph.output("y", graph.apply(new Binary(Binary.Function.ADD), y, x));
    try (Backend backend = new TornadoBackend(Devices.preferred(), Style.LOOPS, null);
        TensorArena arena = TensorArena.root("test")) {
      Plan plan = backend.plan(graph.build());
      var error =
          assertThrows(MemoryLimitException.class, () -> backend.compile(plan, arena, Map.of()));
      assertEquals(plan.slabBytes(), error.neededBytes());
      assertEquals(0, arena.ledger().total());
    }
  }

  @Test
  void afterItsArenaAPlanDoesNotRun() {
    try (Backend backend = new TornadoBackend(Devices.preferred(), Style.LOOPS, null)) {
      TensorArena arena = TensorArena.root("test");
      Executable executable = compile(backend, arena);
      arena.close();
      var error = assertThrows(IllegalStateException.class, executable::run);
      assertTrue(error.getMessage().contains("closed"), error.getMessage());
    }
  }
}
