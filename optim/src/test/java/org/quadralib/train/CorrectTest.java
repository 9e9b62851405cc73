package org.quadralib.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.quadralib.backend.Backend;
import org.quadralib.backend.Backends;
import org.quadralib.layers.Dense;
import org.quadralib.layers.Model;
import org.quadralib.loss.BinaryCrossEntropy;
import org.quadralib.loss.CrossEntropy;
import org.quadralib.loss.Loss;
import org.quadralib.loss.MeanSquaredError;
import org.quadralib.memory.Category;
import org.quadralib.metrics.Accuracy;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.Tensor;
import org.quadralib.tensor.TensorType;

/** What a step counts as right is what its logits say. */
class CorrectTest {
  private static final int BATCH = 23;

  static Stream<Arguments> steps() {
    return Stream.of("scalar", "vector")
        .flatMap(
            backend ->
                Stream.of(
                    Arguments.of(backend, new CrossEntropy(), 7, true),
                    Arguments.of(backend, new CrossEntropy(0.1), 2, true),
                    Arguments.of(backend, new CrossEntropy(), 1, false),
                    Arguments.of(backend, new MeanSquaredError(), 4, false),
                    Arguments.of(backend, new BinaryCrossEntropy(), 1, false)));
  }

  @ParameterizedTest
  @MethodSource("steps")
  void theLogitsSayTheSame(String name, Loss loss, int classes, boolean counted) {
    Recipe recipe = Recipe.defaults().loss(loss);
    int labelled = loss instanceof CrossEntropy ? classes : Math.max(classes, 2);
    Random random = new Random(5);
    try (Backend backend = Backends.named(name, 1);
        Model model = Model.create(new Dense(classes), Shape.of(6), 3);
        TrainingStep step = TrainingStep.compile(model, backend, recipe, BATCH)) {
      assertEquals(counted, step.plan().graph().outputs().containsKey(TrainingGraph.CORRECT));
      Tensor images = step.input();
      Tensor labels =
          model
              .arena()
              .allocate("labels", Category.INPUT, new TensorType(DType.INT32, Shape.of(BATCH)));
      for (int i = 0; i < 3; i++) {
        for (long j = 0; j < images.elements(); j++) {
          images.set(j, random.nextGaussian());
        }
        for (int j = 0; j < BATCH; j++) {
          labels.setLong(j, j > BATCH - 3 ? -1 : random.nextInt(labelled));
        }
        step.setBatch(images.segment(), labels.segment());
        step.run(i, 0.1);
        Accuracy accuracy = new Accuracy();
        accuracy.add(step.logits(), labels);
        assertEquals(accuracy.correct(), step.correct(labels));
      }
    }
  }
}
