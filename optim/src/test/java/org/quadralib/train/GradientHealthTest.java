package org.quadralib.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.quadralib.backend.scalar.ScalarBackend;
import org.quadralib.layers.BatchNorm2d;
import org.quadralib.layers.Flatten;
import org.quadralib.layers.Layer;
import org.quadralib.layers.Model;
import org.quadralib.layers.ParameterSpec;
import org.quadralib.layers.ParameterSpec.Order;
import org.quadralib.layers.QuadraticConv2d;
import org.quadralib.layers.QuadraticDense;
import org.quadralib.layers.Sequential;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.Tensor;

class GradientHealthTest {
  private static final Layer NETWORK =
      Sequential.of()
          .then("conv", new QuadraticConv2d(3, 2).branchNorm(true))
          .then("bn", new BatchNorm2d())
          .then("flat", new Flatten())
          .then("fc1", new QuadraticDense(4));

  /** The norms are those of the gradients themselves. */
  @Test
  void normsAreThoseOfTheGradients() {
    Recipe recipe = Recipe.defaults().keepGradients(true).gradientNorms(true);
    try (ScalarBackend backend = new ScalarBackend();
        Model model = Model.create(NETWORK, Shape.of(2, 5, 4), 1);
        TrainingStep step = TrainingStep.compile(model, backend, recipe, 3)) {
      for (long i = 0; i < step.input().elements(); i++) {
        step.input().set(i, Math.sin(i));
      }
      step.run(0, 0.01);
      List<GradientNorm> norms = step.gradientNorms();
      assertEquals(
          List.of("conv SECOND", "conv FIRST", "bn FIRST", "fc1 SECOND", "fc1 FIRST"),
          norms.stream().map(norm -> norm.layer() + " " + norm.order()).toList());
      for (GradientNorm norm : norms) {
        double squares = 0;
        for (ParameterSpec spec : model.specs()) {
          if (spec.trainable()
              && spec.order() == norm.order()
              && spec.name().startsWith(norm.layer() + ".")) {
            Tensor gradient = step.gradient(spec.name());
            for (long i = 0; i < gradient.elements(); i++) {
              squares += gradient.get(i) * gradient.get(i);
            }
          }
        }
        assertTrue(squares > 0, norm.toString());
        assertEquals(Math.sqrt(squares), norm.norm(), 1e-4 * Math.sqrt(squares), norm.layer());
      }
    }
  }

  @Test
  void saysWhatVanishesAndWhatExplodes() {
    List<String> said = new ArrayList<>();
    GradientHealth health = new GradientHealth(said::add);
    for (int i = 0; i < 2; i++) {
      health.onGradientNorms(
          0,
          List.of(
              new GradientNorm("a", Order.FIRST, 1),
              new GradientNorm("a", Order.SECOND, 1e-6),
              new GradientNorm("b", Order.FIRST, 1),
              new GradientNorm("b", Order.SECOND, 1e5),
              new GradientNorm("c", Order.FIRST, 1),
              new GradientNorm("c", Order.SECOND, 0.5 + i)));
    }
    Scores scores = new Scores(1, 0.5, 10);
    health.onEpochEnd(new EpochResult(0, 0.1, scores, Optional.empty(), 1, false));
    assertEquals(2, said.size(), said.toString());
    assertTrue(said.get(0).contains("terms of a hardly learn"), said.get(0));
    assertTrue(said.get(1).contains("terms of b explode"), said.get(1));
    assertTrue(health.csv().contains("1,c,second,1.0"), health.csv());
  }

  /** Neurons such as T4 have no first-order term, and all layers explode together. */
  @Test
  void layersWithoutFirstOrderTermsExplode() {
    List<String> said =
        warnings(
            second("conv1", 8.6e6),
            second("conv2", 1e7),
            second("conv3", 9.1e6),
            second("conv4", 7e6),
            first("fc", 5.9e6));
    assertEquals(1, said.size(), said.toString());
    assertTrue(
        said.getFirst().contains("terms of conv1, conv2, conv3, conv4 explode"), said.getFirst());
    assertTrue(said.getFirst().contains("--clip 1"), said.getFirst());
  }

  @Test
  void layersWithoutFirstOrderTermsAreComparedWithOthers() {
    List<String> said =
        warnings(
            second("a", 1e-9),
            second("b", 0),
            second("c", 3e3),
            second("d", 0.01),
            first("e", 0.1),
            first("f", 0.3));
    assertEquals(2, said.size(), said.toString());
    assertTrue(said.get(0).contains("terms of a, b hardly learn"), said.get(0));
    assertTrue(said.get(1).contains("terms of c explode"), said.get(1));
  }

  @Test
  void withoutAnyFirstOrderTermTheOtherLayersAreWhatIsUsual() {
    List<String> said = warnings(second("a", 1), second("b", 2), second("c", 1e-7));
    assertEquals(1, said.size(), said.toString());
    assertTrue(said.getFirst().contains("terms of c hardly learn"), said.getFirst());
  }

  @Test
  void healthyLayersAreNotSpokenOf() {
    assertEquals(List.of(), warnings(second("a", 50), second("b", 1e-3), first("c", 0.2)));
    assertEquals(List.of(), warnings(second("alone", 3)));
    assertEquals(List.of(), warnings(second("a", 0), first("c", 0)));
  }

  @Test
  void gradientsThatAreNotFiniteAreAlwaysSaid() {
    List<String> said =
        warnings(
            second("a", Double.NaN),
            first("a", Double.NaN),
            second("b", Double.POSITIVE_INFINITY),
            second("c", 1),
            first("d", 1));
    assertEquals(1, said.size(), said.toString());
    assertTrue(said.getFirst().contains("gradients of a, b are NaN or infinite"), said.getFirst());
  }

  private static GradientNorm first(String layer, double norm) {
    return new GradientNorm(layer, Order.FIRST, norm);
  }

  private static GradientNorm second(String layer, double norm) {
    return new GradientNorm(layer, Order.SECOND, norm);
  }

  private static List<String> warnings(GradientNorm... norms) {
    List<String> said = new ArrayList<>();
    GradientHealth health = new GradientHealth(said::add);
    health.onGradientNorms(0, List.of(norms));
    Scores scores = new Scores(1, 0.5, 10);
    health.onEpochEnd(new EpochResult(0, 0.1, scores, Optional.empty(), 1, false));
    return said;
  }
}
