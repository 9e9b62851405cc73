package org.quadralib.autodiff;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.quadralib.backend.Executable;
import org.quadralib.backend.scalar.ScalarBackend;
import org.quadralib.graph.GraphBuilder;
import org.quadralib.graph.Node;
import org.quadralib.graph.Ops;
import org.quadralib.graph.Phase;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.BatchStatistics;
import org.quadralib.graph.op.CorrectPredictions;
import org.quadralib.graph.op.Dense;
import org.quadralib.graph.op.MovingAverage;
import org.quadralib.graph.op.NeuronType;
import org.quadralib.graph.op.Quadratic;
import org.quadralib.memory.Category;
import org.quadralib.memory.TensorArena;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.TensorType;

/** What is differentiated, in which phase, and what is refused. */
class DifferentiatorTest {
  private final GraphBuilder builder = new GraphBuilder();
  private final Ops ops = new Ops(builder);
  private final Value x = builder.input("x", TensorType.float32(2, 2));

  @Test
  void gradientsOfAllUsesAddUp() {
    // x² + 3x + x∘x has the derivative 4x + 3.
    Value y = ops.add(ops.add(ops.square(x), ops.affine(x, 3, 0)), ops.mul(x, x));
    Value loss = ops.affine(ops.mean(y), 4, 0);
    builder.output("dx", Differentiator.gradients(builder, loss, List.of(x)).get(x));
    assertArrayEquals(new float[] {7, -1, 15, 3}, run("dx", 1, -1, 3, 0));
  }

  @Test
  void whatTheLossDoesNotDependOnHasAGradientOfZeros() {
    Value other = builder.input("other", TensorType.float32(2, 2));
    Value loss = ops.mean(ops.square(x));
    Map<Value, Value> gradients = Differentiator.gradients(builder, loss, List.of(x, other));
    builder.output("d", gradients.get(other));
    assertArrayEquals(new float[4], run("d", 1, 2, 3, 4));
  }

  @Test
  void aVariableHidesWhatItWasComputedFrom() {
    Value y = ops.square(x);
    Value loss = ops.mean(ops.mul(y, x));
    Map<Value, Value> gradients = Differentiator.gradients(builder, loss, List.of(x, y));
    builder.output("dx", gradients.get(x)); // y/4 alone
    assertArrayEquals(new float[] {0.25f, 1, 2.25f, 4}, run("dx", 1, -2, 3, -4));
  }

  @Test
  void aVariableThatIsOneOfSeveralResultsHidesOnlyItself() {
    List<Value> statistics = builder.applyAll(new BatchStatistics(), List.of(x));
    Value loss = ops.mean(ops.add(statistics.get(0), statistics.get(1)));
    List<Value> wrt = List.of(x, statistics.get(0));
    builder.output("dx", Differentiator.gradients(builder, loss, wrt).get(x));
    // Through the variance alone: 2 (x − mean)/2 for each channel, half of it from the mean.
    assertArrayEquals(new float[] {-0.5f, 1, 0.5f, -1}, run("dx", 1, 3, 3, -1));
  }

  @Test
  void derivativesBelongToTheBackwardPassAndToTheirLayer() {
    Value y = builder.inScope("layer", () -> ops.square(x));
    int forward = builder.nodes().size();
    Differentiator.gradients(builder, Map.of(y, x), List.of(x));
    List<Node> backward = builder.nodes().subList(forward, builder.nodes().size());
    assertTrue(backward.stream().allMatch(node -> node.phase() == Phase.BACKWARD));
    assertTrue(backward.stream().allMatch(node -> node.scope().equals("layer")));
    assertEquals(Category.GRADIENT, backward.getFirst().output().category());
  }

  @Test
  void updatesHaveNoDerivative() {
    Value running = builder.state("running", x.type(), Category.PARAMETER);
    Value updated = builder.apply(new MovingAverage(0.1, 1), running, x);
    Value loss = ops.mean(updated);
    assertMessage(
        "MovingAverage changes state and has no derivative; differentiate before updating", loss);
  }

  @Test
  void countingHasNoDerivative() {
    Value labels = builder.input("labels", new TensorType(DType.INT32, Shape.of(2)));
    assertMessage(
        "CorrectPredictions counts and has no derivative; differentiate the loss instead",
        builder.apply(new CorrectPredictions(), x, labels));
  }

  @Test
  void theStatisticsOfACompositeHaveNoDerivative() {
    Quadratic layer =
        new Quadratic(NeuronType.QUADRA, new Dense(1, false), false, OptionalDouble.of(1e-5));
    Value w = builder.input("w", TensorType.float32(2, 2));
    Value v = builder.input("v", TensorType.float32(2));
    List<Value> results = builder.applyAll(layer, List.of(x, w, w, w, v, v, v, v, v, v));
    Value loss = ops.add(ops.mean(results.get(0)), ops.mean(results.get(1)));
    var e =
        assertThrows(
            GradientException.class, () -> Differentiator.gradients(builder, loss, List.of(w)));
    assertTrue(
        e.getMessage().startsWith("there is no derivative through the statistics of "),
        e.getMessage());
  }

  private void assertMessage(String message, Value loss) {
    var e =
        assertThrows(
            GradientException.class, () -> Differentiator.gradients(builder, loss, List.of(x)));
    assertEquals(message, e.getMessage());
  }

  private float[] run(String output, float... values) {
    ScalarBackend backend = new ScalarBackend();
    try (TensorArena arena = TensorArena.root("test")) {
      Executable executable = backend.compile(backend.plan(builder.build()), arena, Map.of());
      executable.input("x").copyFrom(values);
      executable.run();
      return executable.output(output).toFloats();
    }
  }
}
