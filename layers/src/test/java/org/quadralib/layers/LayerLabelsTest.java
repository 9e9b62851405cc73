package org.quadralib.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.quadralib.tensor.Shape;

class LayerLabelsTest {
  @Test
  void numbersGetTheirKindAndNamesStay() {
    Layer features =
        Sequential.of(
            new QuadraticConv2d(4, 3).padding(1),
            new BatchNorm2d(),
            Activation.relu(),
            new MaxPool2d(2),
            new Conv2d(4, 3));
    Layer network =
        Sequential.of()
            .then("features", features)
            .then("pool", new GlobalAvgPool2d())
            .then("fc", new Dense(3));
    LayerLabels labels = LayerLabels.of(ModelSummary.of(network, Shape.of(1, 8, 8)));
    assertEquals("conv 1 (features.0)", labels.of("features.0"));
    assertEquals("norm 1 (features.1)", labels.of("features.1"));
    assertEquals("relu 1 (features.2)", labels.of("features.2"));
    assertEquals("pool 1 (features.3)", labels.of("features.3"));
    assertEquals("conv 2 (features.4)", labels.of("features.4"));
    assertEquals("fc", labels.of("fc"));
    assertEquals("elsewhere.0", labels.of("elsewhere.0"));
    assertEquals("conv 1 (features.0), conv1.weight", labels.ofValue("features.0.conv1.weight"));
    assertEquals("conv 1 (features.0)", labels.ofValue("features.0"));
    assertEquals("conv 1 (features.0), Conv2d", labels.ofValue("features.0/Conv2d#17"));
    assertEquals("fc, weight", labels.ofValue("fc.weight"));
    assertEquals("loss/Sum#3", labels.ofValue("loss/Sum#3"));
  }
}
