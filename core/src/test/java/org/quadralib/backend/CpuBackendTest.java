package org.quadralib.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.quadralib.backend.scalar.ScalarBackend;
import org.quadralib.graph.GraphBuilder;
import org.quadralib.graph.Node;
import org.quadralib.graph.Ops;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.Composite;
import org.quadralib.graph.op.CorrectPredictions;
import org.quadralib.graph.op.NegativeLogLikelihood;
import org.quadralib.graph.op.Op;
import org.quadralib.graph.op.Softmax;
import org.quadralib.memory.Category;
import org.quadralib.memory.TensorArena;
import org.quadralib.plan.Workspace;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.Tensor;
import org.quadralib.tensor.TensorType;

/** Compiling, feeding and running, and what is said when it cannot be done. */
class CpuBackendTest {
  private final ScalarBackend backend = new ScalarBackend();
  private final TensorArena arena = TensorArena.root("test");
  private final GraphBuilder builder = new GraphBuilder();
  private final Ops ops = new Ops(builder);

  @AfterEach
  void close() {
    arena.close();
  }

  private Executable compile(Map<String, Tensor> state) {
    return compile(arena, state);
  }

  private Executable compile(TensorArena owner, Map<String, Tensor> state) {
    return backend.compile(backend.plan(builder.build()), owner, state);
  }

  @Test
  void inputsStayFromRunToRunAndListenersSeeEveryNode() {
    Value x = builder.input("x", TensorType.float32(3));
    builder.output("y", ops.affine(ops.square(x), 2, 1));
    Executable executable = compile(Map.of());
    executable.input("x").copyFrom(1, -2, 3);
    List<String> seen = new ArrayList<>();
    ExecutionListener listener =
        new ExecutionListener() {
          @Override
          public void before(int position, Node node) {
            seen.add("before " + position + " " + node.op().name());
          }

          @Override
          public void after(int position, Node node) {
            seen.add("after " + position);
          }
        };
    executable.run(listener);
    executable.run();
    assertEquals(19, executable.output("y").get(2));
    assertEquals(
        List.of("before 1 Unary.SQUARE", "after 1", "before 2 Unary.AFFINE", "after 2"), seen);
  }

  @Test
  void unknownNamesAreErrorsThatSayWhatThereIs() {
    builder.output("y", ops.square(builder.input("x", TensorType.float32(3))));
    Executable executable = compile(Map.of());
    var e = assertThrows(IllegalArgumentException.class, () -> executable.input("z"));
    assertEquals("there is no input 'z', only [x]", e.getMessage());
    e = assertThrows(IllegalArgumentException.class, () -> executable.output("z"));
    assertEquals("there is no output 'z', only [y]", e.getMessage());
  }

  @Test
  void stateMustBeThereAndFit() {
    Value w = builder.state("w", TensorType.float32(3), Category.PARAMETER);
    builder.output("y", ops.square(w));
    var e = assertThrows(IllegalArgumentException.class, () -> compile(Map.of()));
    assertEquals("there is no state 'w'", e.getMessage());
    Map<String, Tensor> state = new HashMap<>();
    state.put("w", arena.allocate("w", Category.PARAMETER, TensorType.float32(4)));
    e = assertThrows(IllegalArgumentException.class, () -> compile(state));
    assertEquals("state 'w' must be float32[3], but is float32[4]", e.getMessage());
  }

  @Test
  void nothingRunsAfterItsArenaIsClosed() {
    builder.output("y", ops.square(builder.input("x", TensorType.float32(3))));
    TensorArena run = arena.child("run");
    Executable executable = compile(run, Map.of());
    run.close();
    assertThrows(IllegalStateException.class, executable::run);
    assertThrows(IllegalStateException.class, () -> executable.input("x").set(0, 1));
  }

  static List<Op> losses() {
    return List.of(new NegativeLogLikelihood(0), new CorrectPredictions());
  }

  @ParameterizedTest
  @MethodSource("losses")
  void labelsMustBeClasses(Op op) {
    Value p = builder.input("p", TensorType.float32(3, 4));
    Value labels = builder.input("labels", new TensorType(DType.INT32, Shape.of(3)));
    builder.output("loss", builder.apply(op, p, labels));
    Executable executable = compile(Map.of());
    executable.input("labels").copyFrom(3, -1, 4);
    var e = assertThrows(IllegalArgumentException.class, executable::run);
    assertEquals("label 4 at position 2 of the batch is not one of 4 classes", e.getMessage());
  }

  /** The scalar backend without softmax. */
  private static final class Limited extends CpuBackend {
    private final CpuBackend scalar = new ScalarBackend();

    @Override
    public String name() {
      return "limited";
    }

    @Override
    public String description() {
      return "limited";
    }

    @Override
    public boolean supports(Op op, List<TensorType> operands) {
      return !(op instanceof Softmax) && scalar.supports(op, operands);
    }

    @Override
    public boolean fuses(Composite op) {
      return false;
    }

    @Override
    public Workspace workspace(Node node) {
      return Workspace.NONE;
    }

    @Override
    protected Kernel kernel(Node node, Memory memory) {
      return scalar.kernel(node, memory);
    }

    @Override
    public void close() {}
  }

  @Test
  void whatABackendDoesNotSupportIsAnErrorWhenThePlanIsCompiled() {
    Value x = builder.input("x", TensorType.float32(2, 3));
    builder.output("y", builder.inScope("head", () -> ops.softmax(x)));
    Limited limited = new Limited();
    var e =
        assertThrows(
            UnsupportedOperationException.class,
            () -> limited.compile(limited.plan(builder.build()), arena, Map.of()));
    assertEquals(
        "backend 'limited' has no kernel for [%1 head/Softmax#1 float32[2x3]] ="
            + " Softmax[%0 x float32[2x3]]; choose another backend",
        e.getMessage());
    assertEquals(0, arena.ledger().total(), "nothing was allocated");
  }
}
