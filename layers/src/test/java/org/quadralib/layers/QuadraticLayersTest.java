package org.quadralib.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.quadralib.autodiff.Differentiator;
import org.quadralib.backend.Executable;
import org.quadralib.backend.scalar.ScalarBackend;
import org.quadralib.graph.Ops;
import org.quadralib.graph.Value;
import org.quadralib.graph.op.NeuronType;
import org.quadralib.graph.op.Quadratic;
import org.quadralib.memory.TensorArena;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.ShapeException;
import org.quadralib.tensor.Tensor;

class QuadraticLayersTest {
  private static final Shape IMAGE = Shape.of(4, 6, 5);

  static Stream<Layer> everyQuadraticLayer() {
    Stream<Layer> plain =
        Stream.of(NeuronType.values())
            .flatMap(
                type ->
                    Stream.of(
                        new QuadraticConv2d(3, 3).padding(1).stride(2).neuron(type),
                        Sequential.of(new Flatten(), new QuadraticDense(3).neuron(type))));
    Stream<Layer> special =
        Stream.of(
            new QuadraticConv2d(5, 3).branchNorm(true),
            new QuadraticConv2d(4, 3).groups(Conv2d.DEPTHWISE).dilation(2),
            new QuadraticConv2d(6, 1).groups(2).bias(false),
            Sequential.of(new Flatten(), new QuadraticDense(4).branchNorm(true)));
    return Stream.concat(plain, special);
  }

  @ParameterizedTest
  @MethodSource("everyQuadraticLayer")
  void everyWayBackGivesTheGradientsOfAutodiff(Layer layer) {
    requireGradientsOfAutodiff(layer, Backprop.HYBRID);
    requireGradientsOfAutodiff(layer, Backprop.BLOCK);
  }

  private static void requireGradientsOfAutodiff(Layer layer, Backprop way) {
    try (Model model = Model.create(layer, IMAGE, 7)) {
      perturb(model);
      Map<String, float[]> expected = gradients(model, path -> Backprop.AUTODIFF);
      Map<String, float[]> actual = gradients(model, path -> way);
      assertEquals(expected.keySet(), actual.keySet());
      expected.forEach(
          (name, gradient) -> {
            double largest = 1e-3;
            for (float value : gradient) {
              largest = Math.max(largest, Math.abs(value));
            }
            for (int i = 0; i < gradient.length; i++) {
              assertEquals(gradient[i], actual.get(name)[i], 1e-5 * largest, name + "[" + i + "]");
            }
          });
    }
  }

  @Test
  void theChoiceIsMadeLayerByLayer() {
    Layer layer = new QuadraticConv2d(4, 3);
    Layer network =
        Sequential.of(layer, layer, new QuadraticConv2d(4, 1).backprop(Backprop.HYBRID));
    try (Model model = Model.create(network, Shape.of(2, 9, 9), 1)) {
      var traced =
          model.trace(
              2, Mode.TRAIN, path -> path.equals("1") ? Backprop.HYBRID : Backprop.AUTODIFF);
      List<String> composites =
          traced.graph().nodes().stream()
              .filter(node -> node.op() instanceof Quadratic)
              .map(node -> node.scope())
              .toList();
      assertEquals(List.of("1", "2"), composites);
    }
  }

  @Test
  void stateIsNamedAsInPublishedCheckpoints() {
    Layer layer = new QuadraticConv2d(2, 3).branchNorm(true);
    try (Model model = Model.create(Sequential.of().then("conv1", layer), IMAGE, 1)) {
      assertEquals(3 * (2 + 4), model.parameters().size());
      assertEquals(Shape.of(2, 4, 3, 3), model.parameters().get("conv1.conv3.weight").shape());
      assertTrue(model.parameters().containsKey("conv1.bn2.running_var"));
    }
  }

  @Test
  void aLayerThatDoesNotFitIsNamed() {
    Layer network = Sequential.of().then("head", new QuadraticDense(3));
    var error = assertThrows(ShapeException.class, () -> Model.create(network, IMAGE, 1));
    assertTrue(error.getMessage().contains("'head'"), error.getMessage());
    assertTrue(error.getMessage().contains("Flatten"), error.getMessage());
  }

  /** Biases and norms start at constants that would hide mistakes. */
  private static void perturb(Model model) {
    Random random = new Random(11);
    for (ParameterSpec spec : model.specs()) {
      Tensor tensor = model.parameters().get(spec.name());
      for (long i = 0; i < tensor.elements(); i++) {
        tensor.set(i, tensor.get(i) + 0.1 * random.nextGaussian());
      }
    }
  }

  private static Map<String, float[]> gradients(Model model, Function<String, Backprop> choice) {
    var traced = model.trace(3, Mode.TRAIN, choice);
    var graph = traced.graph();
    Ops ops = new Ops(graph);
    Value loss = ops.mean(ops.square(traced.output()));
    List<Value> wrt =
        model.specs().stream()
            .filter(ParameterSpec::trainable)
            .map(spec -> traced.trace().parameters().get(spec.name()))
            .toList();
    Differentiator.gradients(graph, loss, wrt, traced.trace().recomputed())
        .forEach((variable, gradient) -> graph.output(variable.name(), gradient));
    try (ScalarBackend backend = new ScalarBackend();
        TensorArena arena = TensorArena.root("test")) {
      Executable executable =
          backend.compile(backend.plan(graph.build()), arena, model.parameters());
      Tensor x = executable.input(Model.INPUT);
      Random random = new Random(5);
      for (long i = 0; i < x.elements(); i++) {
        x.set(i, random.nextGaussian());
      }
      executable.run();
      Map<String, float[]> gradients = new LinkedHashMap<>();
      wrt.forEach(v -> gradients.put(v.name(), executable.output(v.name()).toFloats()));
      return gradients;
    }
  }
}
