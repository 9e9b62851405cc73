package org.quadralib.builder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quadralib.backend.Executable;
import org.quadralib.backend.scalar.ScalarBackend;
import org.quadralib.graph.op.NeuronType;
import org.quadralib.layers.Activation;
import org.quadralib.layers.Backprop;
import org.quadralib.layers.BatchNorm2d;
import org.quadralib.layers.Conv2d;
import org.quadralib.layers.Dense;
import org.quadralib.layers.Flatten;
import org.quadralib.layers.Layer;
import org.quadralib.layers.Mode;
import org.quadralib.layers.Model;
import org.quadralib.layers.ParameterSpec;
import org.quadralib.layers.QuadraticConv2d;
import org.quadralib.layers.QuadraticStart;
import org.quadralib.layers.Residual;
import org.quadralib.layers.Sequential;
import org.quadralib.memory.TensorArena;
import org.quadralib.models.ModelOptions;
import org.quadralib.models.Models;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.Tensor;

class QuadraticConversionTest {
  private static final Shape IMAGE = Shape.of(2, 7, 6);
  private static final Layer NETWORK =
      Sequential.of()
          .then("conv", new Conv2d(4, 3).padding(1).bias(false))
          .then("bn", new BatchNorm2d())
          .then("act", Activation.relu())
          .then("block", new Residual(new Conv2d(4, 3).padding(1)))
          .then("point", new Conv2d(3, 1))
          .then("flat", new Flatten())
          .then("hidden", new Dense(5))
          .then("out", new Dense(3));

  @Test
  void choosesConvolutionsAndHiddenLayers() {
    assertEquals(
        List.of("conv", "block", "hidden"),
        List.copyOf(QuadraticConversion.eligible(NETWORK).keySet()));
  }

  @ParameterizedTest
  @CsvSource({"QUADRA, false", "QUADRA, true", "T4, false", "T2_AND_4, false", "T1, false"})
  void outputsStayTheSame(NeuronType neuron, boolean branchNorm) {
    QuadraticConversion conversion =
        new QuadraticConversion(neuron, branchNorm, path -> !path.equals("hidden") || !branchNorm);
    try (Model before = Model.create(NETWORK, IMAGE, 3);
        Model after = Model.create(conversion.convert(NETWORK), IMAGE, 4)) {
      perturb(before);
      conversion.transfer(before, after);
      assertTrue(after.parameterCount() > 1.5 * before.parameterCount());
      for (Mode mode : branchNorm ? new Mode[] {Mode.EVALUATE} : Mode.values()) {
        assertClose(outputs(before, mode), outputs(after, mode));
      }
    }
  }

  @Test
  void whatStartsFirstOrderIsFirstOrderWithoutPretrainedWeightsToo() {
    Layer quadratic = new QuadraticConv2d(3, 3).branchNorm(true).start(QuadraticStart.RELINEAR);
    Layer plain = Sequential.of().then("", new Conv2d(3, 3)).then("norm", new BatchNorm2d());
    try (Model a = Model.create(quadratic, IMAGE, 3);
        Model b = Model.create(plain, IMAGE, 5)) {
      b.parameters().get("weight").copyFrom(a.parameters().get("conv1.weight"));
      assertClose(outputs(b, Mode.TRAIN), outputs(a, Mode.TRAIN));
    }
  }

  @Test
  void termsOfSecondOrderAreMarked() {
    Layer layer = new QuadraticConv2d(3, 3).branchNorm(true).start(QuadraticStart.RELINEAR);
    try (Model model = Model.create(layer, IMAGE, 1)) {
      List<String> second =
          model.specs().stream()
              .filter(spec -> spec.order() == ParameterSpec.Order.SECOND && spec.trainable())
              .map(ParameterSpec::name)
              .toList();
      assertEquals(List.of("conv2.weight", "conv2.bias", "bn2.weight", "bn2.bias"), second);
    }
  }

  @Test
  void neuronsWithoutAFirstOrderTermAreRefused() {
    for (NeuronType neuron : List.of(NeuronType.T2, NeuronType.T3, NeuronType.T1_PURE)) {
      var refused =
          assertThrows(IllegalArgumentException.class, () -> new QuadraticConversion(neuron));
      assertTrue(refused.getMessage().contains("no first-order term"), refused.getMessage());
    }
    var refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> new QuadraticConversion(NeuronType.T4, false, path -> false).convert(NETWORK));
    assertTrue(refused.getMessage().contains("conv, block, hidden"), refused.getMessage());
  }

  @Test
  void unitsAreFoundAndRemoved() {
    Shape image = Shape.of(3, 32, 32);
    Layer vgg = Models.named("vgg11").build(ModelOptions.of(image, 10).width(0.125));
    List<Unit> units = Units.removable(vgg, image);
    assertEquals(8, units.size());
    Unit unit = units.get(1);
    assertEquals(List.of("features.4", "features.5", "features.6"), unit.members());
    try (Model before = Model.create(vgg, image, 1);
        Model after = Model.create(Units.without(vgg, unit), image, 2)) {
      assertEquals(before.parameters().size() - 6, after.parameters().size());
      WeightTransfer.copy(before, after);
      // The next convolution reads 8 channels instead of 16; the common part is copied.
      Tensor source = before.parameters().get("features.8.weight");
      Tensor target = after.parameters().get("features.8.weight");
      assertEquals(Shape.of(32, 8, 3, 3), target.shape());
      assertEquals(source.get(source.indexOf(5, 7, 2, 1)), target.get(target.indexOf(5, 7, 2, 1)));
      assertEquals(
          -1,
          before
              .parameters()
              .get("features.0.weight")
              .segment()
              .mismatch(after.parameters().get("features.0.weight").segment()));
    }
  }

  @Test
  void residualBlocksThatKeepTheShapeAreUnits() {
    Shape image = Shape.of(3, 16, 16);
    Layer resnet = Models.named("resnet20").build(ModelOptions.of(image, 10).width(0.5));
    List<String> paths = Units.removable(resnet, image).stream().map(Unit::path).toList();
    for (String block : List.of("layer1.0", "layer1.2", "layer2.1", "layer3.2")) {
      assertTrue(paths.contains(block), paths.toString());
    }
    assertTrue(!paths.contains("layer2.0"), paths.toString());
    Unit block =
        Units.removable(resnet, image).stream()
            .filter(unit -> unit.path().equals("layer2.1"))
            .findFirst()
            .orElseThrow();
    try (Model smaller = Model.create(Units.without(resnet, block), image, 1)) {
      assertTrue(smaller.parameters().keySet().stream().noneMatch(n -> n.startsWith("layer2.1.")));
    }
  }

  private static void perturb(Model model) {
    Random random = new Random(2);
    model
        .parameters()
        .forEach(
            (name, tensor) -> {
              for (long i = 0; i < tensor.elements(); i++) {
                tensor.set(i, tensor.get(i) + 0.1 * Math.abs(random.nextGaussian()));
              }
            });
  }

  private static float[] outputs(Model model, Mode mode) {
    var traced = model.trace(3, mode, Backprop.AUTODIFF);
    traced.graph().output("y", traced.output());
    try (ScalarBackend backend = new ScalarBackend();
        TensorArena arena = TensorArena.root("test");
        TensorArena copies = TensorArena.root("copies")) {
      Executable executable =
          backend.compile(backend.plan(traced.graph().build()), arena, copy(model, copies));
      Tensor x = executable.input(Model.INPUT);
      Random random = new Random(5);
      for (long i = 0; i < x.elements(); i++) {
        x.set(i, random.nextGaussian());
      }
      executable.run();
      return executable.output("y").toFloats();
    }
  }

  /** Training mode moves running statistics; the model keeps its own. */
  private static java.util.Map<String, Tensor> copy(Model model, TensorArena arena) {
    java.util.Map<String, Tensor> copies = new java.util.LinkedHashMap<>();
    model
        .parameters()
        .forEach(
            (name, tensor) -> {
              Tensor copy =
                  arena.allocate(name, org.quadralib.memory.Category.PARAMETER, tensor.type());
              copy.copyFrom(tensor);
              copies.put(name, copy);
            });
    return copies;
  }

  private static void assertClose(float[] expected, float[] actual) {
    double largest = 0;
    for (float value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertTrue(largest > 1e-3);
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], actual[i], 1e-5 * largest);
    }
  }
}
