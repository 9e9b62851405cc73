package org.quadralib.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quadralib.layers.ModelSummary;
import org.quadralib.tensor.Shape;

class ModelsTest {
  private static final Shape CIFAR = Shape.of(3, 32, 32);

  // Counts published with the reference models.
  @ParameterizedTest
  @CsvSource({
    "qvgg7, 12304330",
    "vgg16, 14728266",
    "qresnet14, 520282",
    "resnet32, 466906",
  })
  void hasThePublishedNumberOfParameters(String name, long parameters) {
    assertEquals(parameters, ModelSummary.of(Models.named(name).build(10), CIFAR).parameters());
  }

  @ParameterizedTest
  @CsvSource({"qvgg7, 430", "vgg16, 313"})
  void hasThePublishedNumberOfMultiplyAccumulates(String name, long millions) {
    long macs = ModelSummary.of(Models.named(name).build(10), CIFAR).macs();
    assertEquals(millions, Math.round(macs / 1e6));
  }

  @Test
  void unknownModelListsTheKnownOnes() {
    var error = assertThrows(IllegalArgumentException.class, () -> Models.named("resnet"));
    assertTrue(error.getMessage().contains("qresnet14"), error.getMessage());
  }
}
