package org.quadralib.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.quadralib.backend.Backend;
import org.quadralib.backend.Backends;
import org.quadralib.backend.Executable;
import org.quadralib.graph.GraphBuilder;
import org.quadralib.graph.Value;
import org.quadralib.memory.Category;
import org.quadralib.memory.TensorArena;
import org.quadralib.tensor.Tensor;
import org.quadralib.tensor.TensorType;

class OptimizerTest {
  /*
   * Five steps from [0.5, -1.25, 2] in PyTorch 2.13, float64:
   *
   *   p = torch.tensor([0.5, -1.25, 2.0], dtype=torch.float64, requires_grad=True)
   *   o = torch.optim.SGD([p], 0.1)                  # and so on
   *   for t in range(5):
   *     p.grad = torch.tensor([0.1 * (t + 1), -0.2, 0.3 - 0.1 * t], dtype=torch.float64)
   *     o.step()
   */
  static Stream<Arguments> references() {
    return Stream.of(
        Arguments.of(new Sgd().momentum(0), 0.1, new double[] {0.35, -1.15, 1.95}),
        Arguments.of(
            new Sgd().weightDecay(0.01),
            0.1,
            new double[] {0.17691846667028946, -0.9713462074077288, 1.765773948145168}),
        Arguments.of(
            new Sgd().weightDecay(0.01).nesterov(true),
            0.1,
            new double[] {0.057493468707169315, -0.8938227114580265, 1.7301519542088841}),
        Arguments.of(
            new Adam().weightDecay(0.01),
            0.1,
            new double[] {0.013826974201324851, -0.7502100993566314, 1.5831284766513054}),
        Arguments.of(
            new AdamW(),
            0.1,
            new double[] {0.01339813768908793, -0.7447615129561986, 1.5857071742800188}),
        Arguments.of(
            new Adadelta().weightDecay(0.01),
            1.0,
            new double[] {0.4759388289486332, -1.233571950458724, 1.9934574029981724}));
  }

  @ParameterizedTest
  @MethodSource("references")
  void stepsAsPyTorchDoes(Optimizer optimizer, double learningRate, double[] expected) {
    TensorType type = TensorType.float32(3);
    GraphBuilder graph = new GraphBuilder();
    Value parameter = graph.state("p", type, Category.PARAMETER);
    List<Value> operands = new ArrayList<>(List.of(parameter, graph.input("g", type)));
    for (String slot : optimizer.slots()) {
      operands.add(graph.state("p." + slot, type, Category.OPTIMIZER));
    }
    operands.add(graph.input("sizes", TensorType.float32(optimizer.stepSizeCount())));
    graph.applyAll(optimizer.update(optimizer.weightDecay()), operands);

    try (Backend backend = Backends.named("scalar", 1);
        TensorArena arena = TensorArena.root("test")) {
      Map<String, Tensor> state = new HashMap<>();
      state.put("p", arena.allocate("p", Category.PARAMETER, type));
      for (String slot : optimizer.slots()) {
        state.put("p." + slot, arena.allocate(slot, Category.OPTIMIZER, type));
      }
      state.get("p").copyFrom(0.5f, -1.25f, 2f);
      Executable step = backend.compile(backend.plan(graph.build()), arena, state);
      for (int t = 0; t < 5; t++) {
        step.input("g").copyFrom(0.1f * (t + 1), -0.2f, 0.3f - 0.1f * t);
        optimizer.stepSizes(learningRate, t, step.input("sizes"));
        step.run();
      }
      for (int i = 0; i < expected.length; i++) {
        assertEquals(expected[i], state.get("p").get(i), 2e-6 * Math.abs(expected[i]));
      }
    }
  }

  @Test
  void impossibleHyperparametersAreErrors() {
    assertThrows(IllegalArgumentException.class, () -> new Sgd().momentum(1));
    assertThrows(IllegalArgumentException.class, () -> new Sgd().weightDecay(-1e-4));
    assertThrows(IllegalArgumentException.class, () -> new Adam().betas(0.9, Double.NaN));
    assertThrows(IllegalArgumentException.class, () -> new AdamW().epsilon(0));
    var error =
        assertThrows(IllegalArgumentException.class, () -> new Sgd().nesterov(true).momentum(0));
    assertTrue(error.getMessage().contains("Nesterov"), error.getMessage());
  }

  @ParameterizedTest
  @MethodSource("clippings")
  void clipsAsPyTorchDoes(GradientClipping clipping, double[] expected) {
    GraphBuilder graph = new GraphBuilder();
    Value a = graph.input("a", TensorType.float32(2));
    Value b = graph.input("b", TensorType.float32(1));
    List<Value> clipped = clipping.trace(graph, List.of(a, b));
    graph.output("a", clipped.get(0));
    graph.output("b", clipped.get(1));
    try (Backend backend = Backends.named("scalar", 1);
        TensorArena arena = TensorArena.root("test")) {
      Executable step = backend.compile(backend.plan(graph.build()), arena, Map.of());
      step.input("a").copyFrom(3, -4);
      step.input("b").copyFrom(12);
      step.run();
      double[] actual = {step.output("a").get(0), step.output("a").get(1), step.output("b").get(0)};
      assertArrayEquals(expected, actual, 1e-6);
    }
  }

  // torch.nn.utils.clip_grad_norm_([a, b], max) and clip_grad_value_([a, b], limit).
  static Stream<Arguments> clippings() {
    double[] unchanged = {3, -4, 12};
    return Stream.of(
        Arguments.of(GradientClipping.none(), unchanged),
        Arguments.of(
            GradientClipping.byNorm(1),
            new double[] {0.23076921301775288, -0.3076922840236705, 0.9230768520710115}),
        Arguments.of(GradientClipping.byNorm(20), unchanged),
        Arguments.of(GradientClipping.byValue(3.5), new double[] {3, -3.5, 3.5}));
  }
}
