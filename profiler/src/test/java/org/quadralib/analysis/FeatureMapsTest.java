package org.quadralib.analysis;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.quadralib.SmallRun;
import org.quadralib.backend.Backend;
import org.quadralib.backend.Backends;
import org.quadralib.graph.op.NeuronType;
import org.quadralib.layers.Dense;
import org.quadralib.layers.Flatten;
import org.quadralib.layers.Layer;
import org.quadralib.layers.Model;
import org.quadralib.layers.QuadraticConv2d;
import org.quadralib.layers.QuadraticDense;
import org.quadralib.layers.Sequential;
import org.quadralib.memory.Category;
import org.quadralib.memory.TensorArena;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.Tensor;
import org.quadralib.tensor.TensorType;

class FeatureMapsTest {
  private final Backend backend = Backends.named("scalar", 1);

  static Tensor random(TensorArena arena, int... shape) {
    Tensor tensor = arena.allocate("x", Category.INPUT, TensorType.float32(shape));
    Random random = new Random(11);
    for (long i = 0; i < tensor.elements(); i++) {
      tensor.set(i, random.nextGaussian());
    }
    return tensor;
  }

  /** Plain and with normalised branches. */
  @Test
  void theTermsAddUpToTheOutput() {
    try (Model model = SmallRun.model(3);
        TensorArena arena = TensorArena.root("test")) {
      for (FeatureMaps maps :
          FeatureMaps.of(model, backend, random(arena, 2, 1, 8, 8), List.of("q1", "q2"))) {
        float[] first = requireNonNull(maps.first());
        float[] second = requireNonNull(maps.second());
        double terms = 0;
        for (int i = 0; i < first.length; i++) {
          assertEquals(maps.sum()[i], first[i] + second[i], 1e-5, maps.layer());
          terms += Math.abs(first[i] * second[i]);
        }
        assertTrue(terms > 1, "both terms are there");
      }
    }
  }

  /** The first-order term is the linear one: twice the input, without biases, is twice the term. */
  @ParameterizedTest
  @EnumSource(names = {"QUADRA", "T1"})
  void termsHaveTheirOrder(NeuronType neuron) {
    Layer network =
        Sequential.of()
            .then("q", new QuadraticConv2d(3, 3).neuron(neuron).bias(false))
            .then("flat", new Flatten())
            .then("fc", new QuadraticDense(4).neuron(neuron).bias(false));
    try (Model model = Model.create(network, Shape.of(2, 4, 4), 7);
        TensorArena arena = TensorArena.root("test")) {
      Tensor x = random(arena, 1, 2, 4, 4);
      FeatureMaps once = FeatureMaps.of(model, backend, x, List.of("q")).getFirst();
      for (long i = 0; i < x.elements(); i++) {
        x.set(i, 2 * x.get(i));
      }
      FeatureMaps twice = FeatureMaps.of(model, backend, x, List.of("q")).getFirst();
      for (int i = 0; i < once.sum().length; i++) {
        assertEquals(2 * requireNonNull(once.first())[i], requireNonNull(twice.first())[i], 1e-4);
        assertEquals(4 * requireNonNull(once.second())[i], requireNonNull(twice.second())[i], 1e-4);
      }
      assertTrue(FeatureMaps.of(model, backend, x, List.of("fc")).getFirst().isSplit());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"T2", "T3", "T4", "T1_AND_2", "T2_AND_4", "T1_PURE"})
  void layersOfOneOrderAreNotSplit(NeuronType neuron) {
    Layer network = Sequential.of().then("q", new QuadraticConv2d(3, 3).neuron(neuron));
    try (Model model = Model.create(network, Shape.of(2, 4, 4), 7);
        TensorArena arena = TensorArena.root("test")) {
      FeatureMaps maps =
          FeatureMaps.of(model, backend, random(arena, 1, 2, 4, 4), List.of("q")).getFirst();
      assertNull(maps.first());
      assertNull(maps.second());
      assertTrue(
          requireNonNull(
                  LayerTerms.of(
                          model
                              .trace(
                                  1,
                                  org.quadralib.layers.Mode.EVALUATE,
                                  org.quadralib.layers.Backprop.AUTODIFF)
                              .graph()
                              .build())
                      .get("q"))
              .isSecondOrder());
    }
  }

  @Test
  void theLastLayerGivesTheLogits() {
    try (Model model = SmallRun.model(3);
        TensorArena arena = TensorArena.root("test")) {
      Tensor x = random(arena, 3, 1, 8, 8);
      FeatureMaps maps = FeatureMaps.of(model, backend, x, List.of("fc")).getFirst();
      assertArrayEquals(Answers.of(model, backend, x).logits(), maps.sum());
    }
  }

  @Test
  void aWrongNameListsTheLayers() {
    try (Model model = SmallRun.model(3);
        TensorArena arena = TensorArena.root("test")) {
      Tensor x = random(arena, 1, 1, 8, 8);
      var error =
          assertThrows(
              IllegalArgumentException.class,
              () -> FeatureMaps.of(model, backend, x, List.of("q9")));
      assertTrue(error.getMessage().contains("did you mean 'q1'?"), error.getMessage());
      for (String layer : List.of("q1", "bn1", "relu1", "q2", "relu2", "pool", "fc")) {
        assertTrue(error.getMessage().contains(layer), error.getMessage());
      }
      assertEquals(
          List.of("q1", "bn1", "relu1", "q2", "relu2", "pool", "fc"), FeatureMaps.layers(model));
    }
  }

  @Test
  void firstOrderLayersHaveOnlyTheirOutput() {
    try (Model model =
            Model.create(
                Sequential.of().then("flat", new Flatten()).then("fc", new Dense(3)),
                Shape.of(1, 2, 2),
                1);
        TensorArena arena = TensorArena.root("test")) {
      Tensor x = random(arena, 1, 1, 2, 2);
      assertNull(FeatureMaps.of(model, backend, x, List.of("fc")).getFirst().first());
    }
  }
}
