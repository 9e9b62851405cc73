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
}
