package org.quadralib.layers;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.quadralib.graph.op.NeuronType;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.ShapeException;

/** Errors name the layer and its argument. */
class LayerErrorsTest {
  private static final Shape IMAGE = Shape.of(3, 8, 8);

  private static void refused(String sentence, Executable description) {
    var error = assertThrows(IllegalArgumentException.class, description);
    assertTrue(error.getMessage().contains(sentence), error.getMessage());
  }

  private static void refusedWhenTraced(Layer layer, String... fragments) {
    var error = assertThrows(ShapeException.class, () -> Model.create(layer, IMAGE, 1).close());
    for (String fragment : fragments) {
      assertTrue(error.getMessage().contains(fragment), error.getMessage());
    }
  }

  @Test
  void numbersThatMakeNoLayer() {
    refused("Conv2d: out must be at least 1, not 0", () -> new Conv2d(0, 3));
    refused("QuadraticConv2d: out must be at least 1, not -4", () -> new QuadraticConv2d(-4, 3));
    refused("Dense: out must be at least 1, not 0", () -> new Dense(0));
    refused("QuadraticDense: out must be at least 1, not 0", () -> new QuadraticDense(0));
    refused("Conv2d: groups must be at least 1", () -> new Conv2d(6, 3).groups(-2));
    refused("QuadraticConv2d: groups must be", () -> new QuadraticConv2d(6, 3).groups(-2));
  }

  @Test
  void aResidualWhoseShapesDiffer() {
    Conv2d body = new Conv2d(6, 3).padding(1);
    refusedWhenTraced(
        Sequential.of(new Residual(body)),
        "layer '0': Residual adds the output of its body, [1x6x8x8]",
        "to that of its input, [1x3x8x8]",
        "or give it a shortcut");
    refusedWhenTraced(
        new Residual(body, new Conv2d(6, 1).stride(2)), "to that of its shortcut, [1x6x4x4]");
  }

  @Test
  void branchNormalisationOfOtherNeurons() {
    refusedWhenTraced(
        new QuadraticConv2d(4, 3).neuron(NeuronType.T4).branchNorm(true),
        "QuadraticConv2d: branch normalisation is defined for quadra neurons, not for t4");
  }
}
