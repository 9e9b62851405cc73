package org.quadralib.analysis;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.quadralib.SmallRun;
import org.quadralib.analysis.LayerStatistics.Kind;
import org.quadralib.backend.Backend;
import org.quadralib.backend.Backends;
import org.quadralib.layers.Model;
import org.quadralib.memory.TensorArena;
import org.quadralib.tensor.Tensor;
import org.quadralib.train.Recipe;
import org.quadralib.train.TrainingStep;

class SnapshotTest {
  private final Backend backend = Backends.named("scalar", 1);

  @Test
  void leavesTheModelAsItWas() {
    try (Model model = SmallRun.model(3);
        TensorArena arena = TensorArena.root("test")) {
      Map<String, float[]> before = new HashMap<>();
      model.parameters().forEach((name, tensor) -> before.put(name, tensor.toFloats()));
      Snapshot.of(model, backend, FeatureMapsTest.random(arena, 3, 1, 8, 8), new int[] {0, 1, 2});
      model
          .parameters()
          .forEach((name, tensor) -> assertArrayEquals(before.get(name), tensor.toFloats(), name));
    }
  }

  @Test
  void gradientsAreThoseOfTheLoss() {
    int[] labels = {0, 1, 2};
    try (Model model = SmallRun.model(3);
        TensorArena arena = TensorArena.root("test")) {
      Tensor x = FeatureMapsTest.random(arena, 3, 1, 8, 8);
      EpochStatistics snapshot = Snapshot.of(model, backend, x, labels);
      try (TrainingStep step =
          TrainingStep.compile(model, backend, Recipe.defaults().keepGradients(true), 3)) {
        step.input().copyFrom(x);
        for (int i = 0; i < 3; i++) {
          step.target().setLong(i, labels[i]);
        }
        step.run(0, 0);
        double squares = 0;
        for (String name : new String[] {"q1.conv1.weight", "q1.conv2.weight"}) {
          for (float g : step.gradient(name).toFloats()) {
            squares += (double) g * g;
          }
        }
        double norm = snapshot.find("q1", Kind.GRADIENT, Term.SECOND).orElseThrow().norm();
        assertEquals(Math.sqrt(squares), norm, 1e-5 * norm);
        assertTrue(norm > 0);
      }
    }
  }
}
