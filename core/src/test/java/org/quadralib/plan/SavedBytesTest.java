package org.quadralib.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.quadralib.autodiff.Differentiator;
import org.quadralib.backend.scalar.ScalarBackend;
import org.quadralib.graph.GraphBuilder;
import org.quadralib.graph.Node;
import org.quadralib.graph.Ops;
import org.quadralib.graph.Phase;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.Conv2d;
import org.quadralib.graph.op.LinearOp;
import org.quadralib.graph.op.NeuronType;
import org.quadralib.graph.op.Quadratic;
import org.quadralib.graph.op.Window;
import org.quadralib.memory.Category;
import org.quadralib.quadratic.QuadraticForm;
import org.quadralib.tensor.TensorType;

/** What one convolution keeps for the backward pass, computed by hand from the table in qdnn. */
class SavedBytesTest {
  private static final long X = 2 * 3 * 8 * 8 * 4;
  private static final long Y = 2 * 5 * 8 * 8 * 4; // also A, B, C and their normalised forms
  private static final long STATISTICS = 5 * 4; // a mean or a variance

  @Test
  void quadra() {
    assertEquals(X + 2 * Y, saved(NeuronType.QUADRA, false, false));
    assertEquals(X, saved(NeuronType.QUADRA, false, true));
  }

  @Test
  void quadraWithBranchNorm() {
    assertEquals(X + 5 * Y + 6 * STATISTICS, saved(NeuronType.QUADRA, true, false));
    assertEquals(X + 6 * STATISTICS, saved(NeuronType.QUADRA, true, true));
  }

  @Test
  void otherTypes() {
    assertEquals(X, saved(NeuronType.FIRST_ORDER, false, false));
    assertEquals(2 * X, saved(NeuronType.T2, false, false));
    assertEquals(X + Y, saved(NeuronType.T3, false, false));
    assertEquals(X + 2 * Y, saved(NeuronType.T4, false, false));
    assertEquals(2 * X + 2 * Y, saved(NeuronType.T2_AND_4, false, false));
    // x itself, its patches (9 times larger), and its product with the quadratic form.
    assertEquals(X + 9 * X + 27 * Y, saved(NeuronType.T1_PURE, false, false));
    for (NeuronType type : NeuronType.values()) {
      assertEquals(X, saved(type, false, true), type + " under hybrid back-propagation");
    }
  }

  @Test
  void recomputingAProductDoesNotRecomputeTheLinearTerm() {
    assertEquals(List.of(2), recomputedMaps(NeuronType.QUADRA, false));
    // Its norm needs the linear term.
    assertEquals(List.of(3), recomputedMaps(NeuronType.QUADRA, true));
    assertEquals(List.of(2), recomputedMaps(NeuronType.T4, false));
    assertEquals(List.of(2), recomputedMaps(NeuronType.T2_AND_4, false));
    assertEquals(List.of(1), recomputedMaps(NeuronType.T3, false));
    assertEquals(List.of(), recomputedMaps(NeuronType.T2, false));
    assertEquals(List.of(), recomputedMaps(NeuronType.FIRST_ORDER, false));
  }

  private static long saved(NeuronType type, boolean norm, boolean hybrid) {
    return trainingPlan(type, norm, hybrid).savedBytes();
  }

  /** Number of maps of each linear operation that is repeated in the backward pass. */
  private static List<Integer> recomputedMaps(NeuronType type, boolean norm) {
    return trainingPlan(type, norm, true).graph().nodes().stream()
        .filter(node -> node.phase() == Phase.RECOMPUTE)
        .map(Node::op)
        .filter(LinearOp.class::isInstance)
        .map(op -> ((LinearOp) op).maps())
        .toList();
  }

  /** A 3×3 convolution from 3 to 5 channels, and all its gradients. */
  private static Plan trainingPlan(NeuronType type, boolean norm, boolean hybrid) {
    GraphBuilder builder = new GraphBuilder();
    Ops ops = new Ops(builder);
    Value x = ops.affine(builder.input("x", TensorType.float32(2, 3, 8, 8)), 2, 0);
    LinearOp map = new Conv2d(Window.square(3, 1, 1), 1, 1, false);
    OptionalDouble epsilon = norm ? OptionalDouble.of(1e-5) : OptionalDouble.empty();
    Quadratic layer = new Quadratic(type, map, true, epsilon);
    List<Value> operands = new ArrayList<>(List.of(x));
    for (NeuronType.Map part : type.maps()) {
      boolean full = part == NeuronType.Map.Q;
      operands.add(
          parameter(
              builder,
              operands,
              full ? TensorType.float32(5, 27, 27) : TensorType.float32(5, 3, 3, 3)));
    }
    int vectors = type.biasedMaps().size() + (norm ? 6 : 0);
    for (int i = 0; i < vectors; i++) {
      operands.add(parameter(builder, operands, TensorType.float32(5)));
    }
    Value y =
        hybrid
            ? builder.applyAll(layer, operands).getFirst()
            : QuadraticForm.trace(builder, layer, operands).getFirst();
    Map<Value, Value> gradients = Differentiator.gradients(builder, ops.mean(y), operands);
    for (Value operand : operands) {
      builder.output("d" + operand.name(), gradients.get(operand));
    }
    return new ScalarBackend().plan(builder.build());
  }

  private static Value parameter(GraphBuilder builder, List<Value> before, TensorType type) {
    return builder.state("p" + before.size(), type, Category.PARAMETER);
  }
}
