package org.quadralib.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.quadralib.graph.GraphBuilder;
import org.quadralib.graph.Node;
import org.quadralib.graph.Ops;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.Composite;
import org.quadralib.graph.op.MovingAverage;
import org.quadralib.graph.op.QuadraticNormGradient;
import org.quadralib.graph.op.Reshape;
import org.quadralib.graph.op.SgdUpdate;
import org.quadralib.graph.op.UnaryFunction;
import org.quadralib.memory.Category;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.TensorType;

/** In-place choices, scratch memory, state and its updates, on graphs made by hand. */
class PlannerTest {
  private static final TensorType VECTOR = TensorType.float32(100);

  private final GraphBuilder builder = new GraphBuilder();
  private final Ops ops = new Ops(builder);
  private final Value x = builder.input("x", VECTOR);

  /** A backend without composites that wants scratch memory for square roots. */
  private static final class Target implements Planner.Target {
    @Override
    public boolean fuses(Composite op) {
      return false;
    }

    @Override
    public Workspace workspace(Node node) {
      return switch (node.op().name()) {
        case "Unary.SQRT" -> new Workspace(1000, List.of(10, 500));
        case "Unary.EXP" -> new Workspace(0, List.of(20, 300, 7));
        default -> Workspace.NONE;
      };
    }
  }

  /** A backend with all composites. */
  private static final class Fusing implements Planner.Target {
    @Override
    public boolean fuses(Composite op) {
      return true;
    }

    @Override
    public Workspace workspace(Node node) {
      return Workspace.NONE;
    }
  }

  private Plan plan() {
    return Planner.plan(builder.build(), new Target());
  }

  /** Where the result of the n-th node of the plan lives. */
  private static Buffer buffer(Plan plan, int node) {
    return buffer(plan, plan.graph().nodes().get(node).output());
  }

  private static Buffer buffer(Plan plan, Value value) {
    return ((Placement.InSlab) plan.placements().get(value)).buffer();
  }

  @Test
  void aResultTakesOverTheMemoryOfAnOperandNobodyReadsAnyMore() {
    Value a = ops.affine(x, 2, 0);
    Value b = ops.unary(UnaryFunction.TANH, a);
    builder.output("y", ops.affine(b, 2, 0));
    Plan plan = plan();
    assertEquals(buffer(plan, 0), buffer(plan, 1));
    assertEquals(3, plan.buffers().size(), "x, one intermediate, y");
  }

  @Test
  void anOperandThatIsReadLaterIsLeftAlone() {
    Value a = ops.affine(x, 2, 0);
    Value b = ops.unary(UnaryFunction.TANH, a);
    builder.output("y", ops.mul(ops.affine(b, 3, 0), a));
    Plan plan = plan();
    assertNotEquals(buffer(plan, 0), buffer(plan, 1));
  }

  @Test
  void anOperandThatIsReadLaterUnderAnotherShapeIsLeftAlone() {
    Value a = ops.affine(x, 2, 0);
    Value alias = builder.apply(new Reshape(Shape.of(10, 10)), a);
    Value b = ops.unary(UnaryFunction.TANH, a);
    builder.output("y", ops.mul(ops.reshape(b, 10, 10), alias));
    Plan plan = plan();
    assertEquals(buffer(plan, 0), buffer(plan, 1), "a reshape shares memory");
    assertNotEquals(buffer(plan, 0), buffer(plan, 2));
  }

  /** The gradient of B is stored before g is read for that of C. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void aBranchThatIsItsGradientTooIsLeftAlone(int branch) {
    TensorType images = TensorType.float32(2, 3, 4, 4);
    Value image = builder.input("image", images);
    List<Value> operands = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      operands.add(ops.affine(image, i, 0));
    }
    operands.set(branch, operands.getFirst());
    for (int i = 0; i < 11; i++) {
      operands.add(builder.input("number" + i, TensorType.float32(3)));
    }
    List<Value> results = builder.applyAll(new QuadraticNormGradient(1e-5), operands);
    builder.output("y", ops.add(ops.add(results.get(0), results.get(3)), results.get(6)));
    Plan plan = Planner.plan(builder.build(), new Fusing());
    Node node =
        plan.graph().nodes().stream()
            .filter(each -> each.op() instanceof QuadraticNormGradient)
            .findFirst()
            .orElseThrow();
    Buffer shared = buffer(plan, node.inputs().getFirst());
    assertEquals(shared, buffer(plan, node.inputs().get(branch)));
    for (int result = 0; result < 9; result += 3) {
      assertNotEquals(shared, buffer(plan, node.outputs().get(result)));
    }
  }

  @Test
  void inputsAndOutputsAreNeverOverwritten() {
    Value a = ops.affine(x, 2, 0);
    builder.output("a", a);
    builder.output("y", ops.unary(UnaryFunction.TANH, a));
    Plan plan = plan();
    assertEquals(3, plan.buffers().size());
    assertEquals(
        List.of(Category.INPUT, Category.OUTPUT, Category.OUTPUT),
        plan.buffers().stream().map(Buffer::category).toList());
    assertTrue(plan.buffers().stream().allMatch(buffer -> buffer.death() == 3));
  }

  @Test
  void scratchMemoryIsInTheSlabWhileTheKernelRuns() {
    Value a = ops.unary(UnaryFunction.SQRT, ops.affine(x, 2, 0));
    builder.output("y", ops.unary(UnaryFunction.EXP, ops.affine(a, 2, 0)));
    Plan plan = plan();
    Buffer scratch = plan.workspaces().get(1).orElseThrow();
    assertEquals(Category.WORKSPACE, scratch.category());
    assertEquals(1000, scratch.bytes());
    assertEquals(2, scratch.birth());
    assertEquals(2, scratch.death());
    assertEquals(Optional.empty(), plan.workspaces().get(3));
    // x, the intermediate in which everything happens, and the scratch memory.
    assertEquals(400 + 400 + 1000, plan.liveBytes(2));
    assertEquals(2, plan.peakPosition());
    assertTrue(plan.slabByCategory().get(Category.WORKSPACE) >= 1000);
    assertEquals(
        plan.slabBytes(), plan.slabByCategory().values().stream().mapToLong(Long::longValue).sum());
    assertEquals(List.of(20, 500, 7), plan.panels());
    assertEquals(4 * 527, plan.panelBytes());
  }

  @Test
  void stateIsCountedOutsideTheSlab() {
    Value w = builder.state("w", VECTOR, Category.PARAMETER);
    Value v = builder.state("v", VECTOR, Category.OPTIMIZER);
    Value sum = builder.state("sum", VECTOR, Category.GRADIENT);
    Value rate = builder.input("rate", TensorType.float32(1));
    builder.applyAll(new SgdUpdate(0.9, 0, false), List.of(w, ops.mul(sum, x), v, rate));
    Plan plan = plan();
    assertEquals(400, plan.stateBytes(Category.PARAMETER));
    assertEquals(400, plan.stateBytes(Category.OPTIMIZER));
    assertEquals(400, plan.stateBytes(Category.GRADIENT));
    assertEquals(1200 + plan.slabBytes(), plan.peakBytes());
    assertEquals(3, plan.buffers().size(), "x, the rate and the product");
  }

  @Test
  void readingStateAfterItsUpdateIsRejected() {
    Value w = builder.state("w", VECTOR, Category.PARAMETER);
    builder.apply(new MovingAverage(0.1, 1), w, x);
    builder.output("y", ops.mul(w, x));
    assertRejected("w");
  }

  @Test
  void readingReshapedStateAfterItsUpdateIsRejected() {
    Value w = builder.state("w", VECTOR, Category.PARAMETER);
    Value alias = builder.apply(new Reshape(Shape.of(10, 10)), w);
    builder.apply(new MovingAverage(0.1, 1), w, x);
    builder.output("y", ops.square(alias));
    assertRejected("w");
  }

  @Test
  void stateThatIsReplacedIsNoOutput() {
    Value w = builder.state("w", VECTOR, Category.PARAMETER);
    builder.apply(new MovingAverage(0.1, 1), w, x);
    builder.output("old", w);
    assertRejected("w");
  }

  @Test
  void theUpdatedStateMayBeReadAndUpdatedAgain() {
    Value w = builder.state("w", VECTOR, Category.PARAMETER);
    Value first = builder.apply(new MovingAverage(0.1, 1), w, x);
    Value alias = builder.apply(new Reshape(Shape.of(10, 10)), first);
    builder.output("y", ops.square(alias));
    Value second = builder.apply(new MovingAverage(0.1, 1), first, x);
    builder.output("z", ops.square(second));
    Plan plan = plan();
    for (Node node : plan.graph().nodes()) {
      if (node.op() instanceof MovingAverage) {
        assertEquals(new Placement.InState("w"), plan.placements().get(node.output()));
      }
    }
  }

  @Test
  void onlyStateIsUpdated() {
    builder.output("y", builder.apply(new MovingAverage(0.1, 1), x, ops.affine(x, 2, 0)));
    var e = assertThrows(IllegalArgumentException.class, this::plan);
    assertTrue(e.getMessage().contains("'x'"), e.getMessage());
    assertTrue(e.getMessage().contains("MovingAverage"), e.getMessage());
  }

  private void assertRejected(String state) {
    var e = assertThrows(IllegalArgumentException.class, this::plan);
    assertTrue(e.getMessage().contains("'" + state + "'"), e.getMessage());
  }

  @Test
  void aGraphWithoutNodesHasAPlan() {
    builder.output("y", x);
    Plan plan = plan();
    assertEquals(Map.of(Category.INPUT, 400L, Category.WORKSPACE, 48L), plan.slabByCategory());
  }
}
