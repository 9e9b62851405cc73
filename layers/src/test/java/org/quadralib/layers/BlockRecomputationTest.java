package org.quadralib.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.quadralib.autodiff.Differentiator;
import org.quadralib.backend.Executable;
import org.quadralib.backend.scalar.ScalarBackend;
import org.quadralib.graph.Graph;
import org.quadralib.graph.Ops;
import org.quadralib.graph.Phase;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.NeuronType;
import org.quadralib.memory.TensorArena;
import org.quadralib.plan.Plan;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.Tensor;

/** Whole blocks recomputed: same gradients, same running statistics, less kept. */
class BlockRecomputationTest {
  private static final Shape IMAGE = Shape.of(2, 8, 8);
  private static final int BATCH = 3;

  static Stream<Layer> networks() {
    return Stream.of(
        blocks(true, Activation.relu()),
        blocks(false, Activation.relu()),
        blocks(true, Activation.gelu()), // reads the norm's output, not its own
        blocks(false, new MaxPool2d(2)),
        // Nothing between two convolutions: what the second reads is kept.
        Sequential.of(
            new QuadraticConv2d(3, 3).padding(1), new QuadraticConv2d(4, 3), new Conv2d(2, 3)),
        Sequential.of(quadratic(4, true), new BatchNorm2d(), quadratic(3, true)),
        // A branch-normed layer that no norm follows.
        Sequential.of(quadratic(4, true), Activation.relu(), quadratic(3, true)),
        residual(true),
        residual(false));
  }

  private static Layer quadratic(int out, boolean branchNorm) {
    return new QuadraticConv2d(out, 3).padding(1).branchNorm(branchNorm);
  }

  private static Layer blocks(boolean branchNorm, Layer last) {
    return Sequential.of(
        new Conv2d(3, 3).padding(1).bias(false),
        new BatchNorm2d(),
        last,
        new QuadraticConv2d(4, 3).stride(2).padding(1).branchNorm(branchNorm),
        new BatchNorm2d(),
        last,
        quadratic(5, branchNorm),
        new BatchNorm2d(),
        Activation.relu(),
        new GlobalAvgPool2d());
  }

  /** Two blocks, one with a shortcut that changes the shape, as in residual networks. */
  private static Layer residual(boolean branchNorm) {
    Layer same =
        new Residual(
            Sequential.of(
                quadratic(2, branchNorm),
                new BatchNorm2d(),
                Activation.relu(),
                quadratic(2, branchNorm),
                new BatchNorm2d()));
    Layer changed =
        new Residual(
            Sequential.of(
                new QuadraticConv2d(4, 3).stride(2).padding(1).branchNorm(branchNorm),
                new BatchNorm2d()),
            Sequential.of(new Conv2d(4, 1).stride(2).bias(false), new BatchNorm2d()));
    return Sequential.of(same, Activation.relu(), changed, Activation.relu(), new Flatten());
  }

  /** A network traced with its gradients, its state drawn at random. */
  private record Run(Model.Traced traced, List<Value> trained, DType dtype) {
    static Run of(Layer layer, DType dtype, Function<String, Backprop> choice) {
      Model.Traced traced = Model.trace(layer, IMAGE, BATCH, Mode.TRAIN, dtype, choice);
      Ops ops = new Ops(traced.graph());
      // Not the mean: that of normalised values does not depend on anything.
      Value loss = ops.mean(ops.square(ops.affine(traced.output(), 1, -0.3)));
      traced.graph().output("loss", loss);
      List<Value> trained =
          traced.trace().specs().stream()
              .filter(ParameterSpec::trainable)
              .map(spec -> traced.trace().parameters().get(spec.name()))
              .toList();
      Differentiator.gradients(traced.graph(), loss, trained, traced.trace().recomputed())
          .forEach((variable, gradient) -> traced.graph().output(variable.name(), gradient));
      return new Run(traced, trained, dtype);
    }

    Graph graph() {
      return traced.graph().build();
    }

    Plan plan() {
      try (ScalarBackend backend = new ScalarBackend()) {
        return backend.plan(graph());
      }
    }

    Map<String, Tensor> state(TensorArena arena) {
      Random random = new Random(3);
      Map<String, Tensor> state = new LinkedHashMap<>();
      for (Value value : graph().states()) {
        Tensor tensor = arena.allocate(value.name(), value.category(), value.type());
        for (long i = 0; i < tensor.elements(); i++) {
          tensor.set(i, 0.4 * random.nextGaussian() + (value.shape().rank() == 1 ? 1 : 0));
        }
        state.put(value.name(), tensor);
      }
      return state;
    }

    /** Gradients and, after the step, the states, by name. */
    Map<String, double[]> run() {
      try (ScalarBackend backend = new ScalarBackend();
          TensorArena arena = TensorArena.root("test")) {
        Map<String, Tensor> state = state(arena);
        Executable executable = backend.compile(backend.plan(graph()), arena, state);
        feed(executable);
        executable.run();
        Map<String, double[]> results = new LinkedHashMap<>();
        trained.forEach(v -> results.put(v.name(), doubles(executable.output(v.name()))));
        state.forEach((name, tensor) -> results.put("after " + name, doubles(tensor)));
        return results;
      }
    }
  }

  private static void feed(Executable executable) {
    Random random = new Random(5);
    Tensor x = executable.input(Model.INPUT);
    for (long i = 0; i < x.elements(); i++) {
      x.set(i, random.nextGaussian());
    }
  }

  private static double[] doubles(Tensor tensor) {
    double[] values = new double[Math.toIntExact(tensor.elements())];
    for (int i = 0; i < values.length; i++) {
      values[i] = tensor.get(i);
    }
    return values;
  }

  @ParameterizedTest
  @MethodSource("networks")
  void gradientsAndRunningStatisticsAreThoseOfAutodiff(Layer network) {
    Map<String, double[]> expected =
        Run.of(network, DType.FLOAT32, path -> Backprop.AUTODIFF).run();
    for (Backprop way : List.of(Backprop.HYBRID, Backprop.BLOCK)) {
      Map<String, double[]> actual = Run.of(network, DType.FLOAT32, path -> way).run();
      assertEquals(expected.keySet(), actual.keySet());
      expected.forEach(
          (name, values) -> {
            double largest = Stream.of(values).mapToDouble(v -> max(v)).max().orElse(0);
            assertArrayEquals(
                values, actual.get(name), 1e-5 * Math.max(largest, 1e-3), way + " " + name);
          });
    }
  }

  private static double max(double[] values) {
    double largest = 0;
    for (double value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  @Test
  void eachLayerChoosesForItself() {
    Layer network = residual(true);
    Map<String, double[]> expected =
        Run.of(network, DType.FLOAT32, path -> Backprop.AUTODIFF).run();
    Random random = new Random(17);
    for (int round = 0; round < 8; round++) {
      Map<String, Backprop> chosen = new LinkedHashMap<>();
      Function<String, Backprop> choice =
          path -> chosen.computeIfAbsent(path, p -> Backprop.values()[random.nextInt(3)]);
      Map<String, double[]> actual = Run.of(network, DType.FLOAT32, choice).run();
      expected.forEach(
          (name, values) ->
              assertArrayEquals(
                  values,
                  actual.get(name),
                  1e-5 * Math.max(max(values), 1e-3),
                  chosen + " " + name));
    }
  }

  /** Central differences in double precision. */
  @ParameterizedTest
  @MethodSource("networks")
  void gradientsAreFiniteDifferences(Layer network) {
    Run run = Run.of(network, DType.FLOAT64, path -> Backprop.BLOCK);
    try (ScalarBackend backend = new ScalarBackend();
        TensorArena arena = TensorArena.root("test")) {
      Map<String, Tensor> state = run.state(arena);
      Executable executable = backend.compile(backend.plan(run.graph()), arena, state);
      feed(executable);
      executable.run();
      Map<String, double[]> gradients =
          run.trained().stream()
              .collect(Collectors.toMap(Value::name, v -> doubles(executable.output(v.name()))));
      Random random = new Random(23);
      gradients.forEach(
          (name, gradient) -> {
            int i = random.nextInt(gradient.length);
            double step = 1e-6;
            double start = state.get(name).get(i);
            double above = loss(executable, state.get(name), i, start + step);
            double below = loss(executable, state.get(name), i, start - step);
            state.get(name).set(i, start);
            double difference = (above - below) / (2 * step);
            double tolerance = 1e-4 * Math.max(max(gradient), 1e-3);
            assertEquals(difference, gradient[i], tolerance, name + "[" + i + "]");
          });
    }
  }

  private static double loss(Executable executable, Tensor parameter, int i, double value) {
    parameter.set(i, value);
    executable.run();
    return executable.output("loss").get(0);
  }

  @Test
  void aBlockKeepsItsInputAndStatisticsOnly() {
    Layer network =
        Sequential.of(
            quadratic(2, true),
            new BatchNorm2d(),
            Activation.relu(),
            quadratic(2, true),
            new BatchNorm2d(),
            Activation.relu());
    long tensor = 4L * BATCH * IMAGE.elements();
    // The input, both results of ReLU, and two statistics of four norms with two channels each.
    long expected = 3 * tensor + 2 * 4 * 2 * 2 * 4L;
    long loss = tensor; // its derivative reads what it squares
    long kept = Run.of(network, DType.FLOAT32, path -> Backprop.BLOCK).plan().savedBytes();
    assertEquals(expected + loss, kept);
    long hybrid = Run.of(network, DType.FLOAT32, path -> Backprop.HYBRID).plan().savedBytes();
    assertEquals(expected + loss + 2 * tensor, hybrid);
  }

  @Test
  void hybridRecomputesTwoMapsWhereTheThirdTakesNoMoreMemoryThanTheOutput() {
    Layer normed = Sequential.of(quadratic(2, true), new BatchNorm2d());
    Layer plain = Sequential.of(quadratic(2, true), Activation.relu());
    assertEquals(Set.of(2), recomputedMaps(normed, Backprop.HYBRID));
    assertEquals(Set.of(3), recomputedMaps(plain, Backprop.HYBRID));
    assertEquals(Set.of(3), recomputedMaps(normed, Backprop.BLOCK));
  }

  private static Set<Integer> recomputedMaps(Layer network, Backprop way) {
    return Run.of(network, DType.FLOAT32, path -> way).plan().graph().nodes().stream()
        .filter(node -> node.phase() == Phase.RECOMPUTE)
        .filter(node -> node.op() instanceof org.quadralib.graph.op.Conv2d)
        .map(node -> node.outputs().size())
        .collect(Collectors.toSet());
  }

  @Test
  void everyNeuronTypeCanBeABlock() {
    for (NeuronType type : NeuronType.values()) {
      Layer network =
          Sequential.of(
              new QuadraticConv2d(2, 3).neuron(type), new BatchNorm2d(), Activation.relu());
      long block = Run.of(network, DType.FLOAT32, path -> Backprop.BLOCK).plan().savedBytes();
      long autodiff = Run.of(network, DType.FLOAT32, path -> Backprop.AUTODIFF).plan().savedBytes();
      assertTrue(block < autodiff, type + " keeps " + block + " of " + autodiff);
    }
  }
}
