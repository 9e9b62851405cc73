package org.quadralib.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.quadralib.memory.Category;
import org.quadralib.memory.TensorArena;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.Tensor;
import org.quadralib.tensor.TensorType;

class ModelTest {
  private static final Layer NETWORK =
      Sequential.of(
          new Conv2d(3, 3), new BatchNorm2d(), Activation.relu(), new Flatten(), new Dense(2));
  private static final Shape IMAGE = Shape.of(1, 5, 5);

  @Test
  void theSameSeedGivesTheSameWeights() {
    try (Model a = Model.create(NETWORK, IMAGE, 3);
        Model b = Model.create(NETWORK, IMAGE, 3);
        Model c = Model.create(NETWORK, IMAGE, 4)) {
      float[] weights = a.parameters().get("0.weight").toFloats();
      assertArrayEquals(weights, b.parameters().get("0.weight").toFloats());
      assertTrue(weights[0] != c.parameters().get("0.weight").toFloats()[0]);
    }
  }

  @Test
  void weightsAreChargedAsParametersAndFreedOnClose() {
    TensorArena root = TensorArena.root("test");
    Model model = Model.create(NETWORK, IMAGE, 3, root.child("model"));
    long bytes = 4L * (3 * 9 + 3 + 4 * 3 + 2 * 27 + 2);
    assertEquals(bytes, root.ledger().current(Category.PARAMETER));
    model.close();
    assertEquals(0, root.ledger().total());
    root.close();
  }

  @Test
  void weightsOfAnotherModelAreRefusedWholeAndListedInFull() {
    try (Model model = Model.create(NETWORK, IMAGE, 3);
        TensorArena arena = TensorArena.root("weights")) {
      float[] before = model.parameters().get("4.bias").toFloats();
      Map<String, Tensor> weights = new LinkedHashMap<>(model.parameters());
      weights.remove("0.bias");
      weights.put("4.bias", arena.allocate("b", Category.PARAMETER, TensorType.float32(9)));
      weights.put("extra", arena.allocate("e", Category.PARAMETER, TensorType.float32(1)));
      var error = assertThrows(ModelMismatchException.class, () -> model.load(weights));
      assertEquals(3, error.problems().size());
      for (String name : new String[] {"0.bias", "4.bias", "extra"}) {
        assertTrue(error.getMessage().contains(name), error.getMessage());
      }
      assertArrayEquals(before, model.parameters().get("4.bias").toFloats());
    }
  }

  @Test
  void initialisersHaveTheVarianceTheyPromise() {
    try (TensorArena arena = TensorArena.root("test")) {
      Tensor weight = arena.allocate("w", Category.PARAMETER, TensorType.float32(64, 32, 3, 3));
      int fanIn = 32 * 9;
      int fanOut = 64 * 9;
      assertVariance(2.0 / fanIn, Initializer.kaimingNormal(), weight);
      assertVariance(2.0 / fanIn, Initializer.kaimingUniform(), weight);
      assertVariance(2.0 / (fanIn + fanOut), Initializer.xavierNormal(), weight);
      assertVariance(2.0 / (fanIn + fanOut), Initializer.xavierUniform(), weight);
      assertVariance(1e-4, Initializer.normal(0.01), weight);
    }
  }

  private static void assertVariance(double expected, Initializer initializer, Tensor weight) {
    initializer.fill(weight, RandomGeneratorFactory.of("L64X128MixRandom").create(17));
    double squares = 0;
    for (long i = 0; i < weight.elements(); i++) {
      squares += weight.get(i) * weight.get(i);
    }
    // 18,432 draws: four standard errors of a sample variance of normals are 4%.
    assertEquals(expected, squares / weight.elements(), 0.05 * expected);
  }

  @Test
  void theSummaryAddsUp() {
    ModelSummary summary = ModelSummary.of(NETWORK, IMAGE);
    long parameters = summary.rows().stream().mapToLong(ModelSummary.Row::parameters).sum();
    assertEquals(3 * 9 + 3 + 6 + 2 * 27 + 2, summary.parameters());
    assertEquals(summary.parameters(), parameters);
    assertEquals(3 * 9 * 9 + 2 * 27, summary.macs());
    assertTrue(summary.table().contains("Conv2d"), summary.table());
  }
}
