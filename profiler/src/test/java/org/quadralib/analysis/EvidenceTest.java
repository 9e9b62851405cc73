package org.quadralib.analysis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.quadralib.SmallRun;
import org.quadralib.backend.Backend;
import org.quadralib.backend.Backends;
import org.quadralib.graph.op.NeuronType;
import org.quadralib.layers.Dense;
import org.quadralib.layers.Flatten;
import org.quadralib.layers.Layer;
import org.quadralib.layers.Model;
import org.quadralib.layers.QuadraticDense;
import org.quadralib.layers.Sequential;
import org.quadralib.memory.TensorArena;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.Tensor;

class EvidenceTest {
  private final Backend backend = Backends.named("scalar", 1);

  private static double sum(float[] values) {
    return IntStream.range(0, values.length).mapToDouble(i -> values[i]).sum();
  }

  private static void fill(Model model, String name, float... values) {
    Tensor tensor = model.parameters().get(name);
    tensor.fill(0);
    for (int i = 0; i < values.length; i++) {
      tensor.set(i, values[i]);
    }
  }

  /** One neuron for class 1 that reads four pixels: A = x0, B = x1, C = 3·x3. */
  private static Model byHand() {
    Layer network = Sequential.of().then("flat", new Flatten()).then("q", new QuadraticDense(2));
    Model model = Model.create(network, Shape.of(1, 2, 2), 1);
    model.parameters().values().forEach(tensor -> tensor.fill(0));
    fill(model, "q.fc1.weight", 0, 0, 0, 0, 1, 0, 0, 0);
    fill(model, "q.fc2.weight", 0, 0, 0, 0, 0, 1, 0, 0);
    fill(model, "q.fc3.weight", 0, 0, 0, 0, 0, 0, 0, 3);
    return model;
  }

  @Test
  void liesWhereANetworkMadeByHandLooks() {
    try (Model model = byHand();
        TensorArena arena = TensorArena.root("test")) {
      Tensor x = FeatureMapsTest.random(arena, 1, 1, 2, 2);
      x.copyFrom(2, -5, 7, 4);
      Evidence evidence = Evidence.of(model, backend, x, new int[] {1}).getFirst();
      // y = x0·x1 + 3·x3: the product is shared evenly between its factors.
      assertEquals(2, evidence.logit(), 1e-5);
      assertEquals(0, evidence.baseline(), 1e-6);
      float[][] expected = {{-5, -5, 0, 12}, {0, 0, 0, 12}, {-5, -5, 0, 0}};
      float[][] found = {evidence.total(), evidence.first(), evidence.second()};
      for (int map = 0; map < 3; map++) {
        for (int pixel = 0; pixel < 4; pixel++) {
          assertEquals(expected[map][pixel], found[map][pixel], 1e-4, map + " " + pixel);
        }
      }
      boolean[] object = {true, true, false, false};
      assertEquals(10.0 / 22, Evidence.shareIn(evidence.total(), object), 1e-5);
      assertEquals(0, Evidence.shareIn(evidence.first(), object), 1e-5);
      assertEquals(1, Evidence.shareIn(evidence.second(), object), 1e-5);
      for (float value : Evidence.of(model, backend, x, new int[] {0}).getFirst().total()) {
        assertEquals(0, value, 1e-6, "class 0 reads nothing");
      }
    }
  }

  /** Completeness: evidence adds up to the difference of the logits. */
  @Test
  void addsUpToTheDifferenceOfTheLogits() {
    try (Model model = SmallRun.model(3);
        TensorArena arena = TensorArena.root("test")) {
      Tensor x = FeatureMapsTest.random(arena, 4, 1, 8, 8);
      Answers answers = Answers.of(model, backend, x);
      int[] targets = {0, 1, 2, 1};
      List<Evidence> evidence = Evidence.of(model, backend, x, targets);
      for (int i = 0; i < 4; i++) {
        Evidence e = evidence.get(i);
        assertEquals(answers.logits()[3 * i + targets[i]], e.logit(), 1e-5);
        double difference = e.logit() - e.baseline();
        assertEquals(difference, sum(e.total()), 0.03 * Math.max(1, Math.abs(difference)));
        assertEquals(sum(e.total()), sum(e.first()) + sum(e.second()), 1e-4);
        assertTrue(Math.abs(sum(e.second())) > 1e-3, "second-order terms take part");
      }
    }
  }

  @Test
  void networksOfOneOrderHaveEvidenceOfOneOrder() {
    Layer linear = Sequential.of().then("flat", new Flatten()).then("fc", new Dense(2));
    Layer product =
        Sequential.of()
            .then("flat", new Flatten())
            .then("q", new QuadraticDense(3).neuron(NeuronType.T4))
            .then("fc", new Dense(2));
    try (Model first = Model.create(linear, Shape.of(1, 2, 2), 1);
        Model second = Model.create(product, Shape.of(1, 2, 2), 1);
        TensorArena arena = TensorArena.root("test")) {
      Tensor x = FeatureMapsTest.random(arena, 1, 1, 2, 2);
      Evidence ofFirst = Evidence.of(first, backend, x, new int[] {1}).getFirst();
      Evidence ofSecond = Evidence.of(second, backend, x, new int[] {1}).getFirst();
      for (int i = 0; i < 4; i++) {
        assertEquals(0, ofFirst.second()[i], 1e-7);
        assertEquals(0, ofSecond.first()[i], 0);
      }
      assertTrue(Math.abs(sum(ofFirst.first())) > 1e-3);
      assertTrue(Math.abs(sum(ofSecond.second())) > 1e-3);
    }
  }
}
