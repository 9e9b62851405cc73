package org.quadralib.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.quadralib.graph.op.NeuronType;
import org.quadralib.layers.Backprop;
import org.quadralib.layers.Layer;
import org.quadralib.layers.LayerTree;
import org.quadralib.layers.Mode;
import org.quadralib.layers.Model;
import org.quadralib.layers.ModelSummary;
import org.quadralib.layers.QuadraticConv2d;
import org.quadralib.layers.QuadraticDense;
import org.quadralib.models.Baselines.Match;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Shape;

class ModelsTest {
  private static final Shape CIFAR = Shape.of(3, 32, 32);
  private static final Shape IMAGENET = Shape.of(3, 224, 224);

  static Stream<ModelEntry> pool() {
    return Models.all().stream();
  }

  // Counts published with the reference models.
  @ParameterizedTest
  @CsvSource({
    "qvgg7, 12304330",
    "vgg16, 14728266",
    "qvgg16, 44182986",
    "qresnet14, 520282",
    "resnet32, 466906",
  })
  void hasThePublishedNumberOfParameters(String name, long parameters) {
    assertEquals(parameters, ModelSummary.of(Models.named(name).build(10), CIFAR).parameters());
  }

  // Counts of torchvision's models of the same names; MobileNetV1 as published.
  @ParameterizedTest
  @CsvSource({
    "resnet18, 11689512, 1814",
    "resnet34, 21797672, 3664",
    "resnet50, 25557032, 4089",
    "mobilenetv1, 4231976, 569",
  })
  void hasThePublishedSizeForLargeImages(String name, long parameters, long millions) {
    Layer network = Models.named(name).build(ModelOptions.of(IMAGENET, 1000));
    ModelSummary summary = ModelSummary.of(network, IMAGENET);
    assertEquals(parameters, summary.parameters());
    assertEquals(millions, Math.round(summary.macs() / 1e6));
  }

  @ParameterizedTest
  @CsvSource({"qvgg7, 430", "vgg16, 313"})
  void hasThePublishedNumberOfMultiplyAccumulates(String name, long millions) {
    long macs = ModelSummary.of(Models.named(name).build(10), CIFAR).macs();
    assertEquals(millions, Math.round(macs / 1e6));
  }

  @ParameterizedTest
  @MethodSource("pool")
  void fitsSmallAndOddImagesInGreyAndColour(ModelEntry model) {
    for (Shape image : new Shape[] {Shape.of(1, 8, 8), Shape.of(4, 19, 33)}) {
      Layer network = model.build(ModelOptions.of(image, 7).width(0.25));
      var traced =
          Model.trace(network, image, 2, Mode.TRAIN, DType.FLOAT32, path -> Backprop.AUTODIFF);
      assertEquals(Shape.of(2, 7), traced.output().shape());
    }
  }

  @ParameterizedTest
  @MethodSource("pool")
  void firstOrderModelsAreFirstOrderThroughout(ModelEntry model) {
    LayerTree.forEachLeaf(
        model.build(10),
        (path, layer) ->
            assertTrue(
                model.isQuadratic()
                    || !(layer instanceof QuadraticConv2d || layer instanceof QuadraticDense),
                path));
  }

  @Test
  void aModelCanHaveOtherNeurons() {
    ModelEntry vgg = Models.named("vgg16");
    ModelOptions options = ModelOptions.of(CIFAR, 10);
    assertEquals(Models.named("qvgg16").build(10), vgg.build(options.neuron(NeuronType.QUADRA)));
    long plain = ModelSummary.of(vgg.build(options), CIFAR).parameters();
    long product = ModelSummary.of(vgg.build(options.neuron(NeuronType.T4)), CIFAR).parameters();
    assertTrue(product > 1.9 * plain && product < 2.1 * plain, plain + " and " + product);
    var refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> vgg.build(options.neuron(NeuronType.T4).branchNorm(true)));
    assertTrue(refused.getMessage().contains("quadra"), refused.getMessage());
  }

  @ParameterizedTest
  @CsvSource({"qresnet14, PARAMS", "qresnet14, MACS", "qvgg7, PARAMS", "qcnn, MACS"})
  void baselinesAreAsLargeAsTheirModel(String name, Match match) {
    ModelEntry model = Models.named(name);
    long cost = match.of(model.build(10), CIFAR);
    Layer firstOrder = model.build(ModelOptions.of(CIFAR, 10).neuron(NeuronType.FIRST_ORDER));
    Layer baseline = Baselines.matching(firstOrder, CIFAR, match, cost).layer();
    assertEquals(cost, match.of(baseline, CIFAR), 0.05 * cost);
  }

  @Test
  void noBaselineIsEverWideEnoughForAnything() {
    Layer firstOrder =
        Models.named("qmlp").build(ModelOptions.of(CIFAR, 10).neuron(NeuronType.FIRST_ORDER));
    assertThrows(
        IllegalArgumentException.class,
        () -> Baselines.matching(firstOrder, CIFAR, Match.PARAMS, Long.MAX_VALUE));
  }

  @Test
  void unknownModelListsTheKnownOnes() {
    var error = assertThrows(IllegalArgumentException.class, () -> Models.named("resnet"));
    assertTrue(error.getMessage().contains("qresnet14"), error.getMessage());
  }
}
