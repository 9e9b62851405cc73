package org.quadralib.autobuild;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quadralib.backend.Backend;
import org.quadralib.backend.Backends;
import org.quadralib.builder.QuadraticConversion;
import org.quadralib.data.DataOptions;
import org.quadralib.data.DataSplits;
import org.quadralib.data.Datasets;
import org.quadralib.graph.op.NeuronType;
import org.quadralib.layers.Layer;
import org.quadralib.layers.Model;
import org.quadralib.loss.CrossEntropy;
import org.quadralib.models.ModelOptions;
import org.quadralib.models.Models;
import org.quadralib.optim.ParameterGroup;
import org.quadralib.optim.Schedule;
import org.quadralib.optim.Sgd;
import org.quadralib.tensor.Shape;
import org.quadralib.train.Evaluation;
import org.quadralib.train.Evaluator;
import org.quadralib.train.Trainer;
import org.quadralib.train.TrainingConfig;

/** A network that was trained first-order becomes quadratic without loss, and learns on. */
class PretrainedConversionTest {
  private static final Shape EXAMPLE = Shape.of(1, 8, 8);

  @ParameterizedTest
  @CsvSource({"QUADRA, false", "QUADRA, true", "T4, false", "T2_AND_4, false"})
  void keepsItsOutputsAndImproves(NeuronType neuron, boolean branchNorm) {
    DataSplits data = Datasets.open("digits", null, DataOptions.defaults());
    Layer network = Models.named("vgg11").build(ModelOptions.of(EXAMPLE, 10).width(0.125));
    QuadraticConversion conversion = new QuadraticConversion(neuron, branchNorm, path -> true);
    try (Backend backend = Backends.automatic(1);
        Model before = Model.create(network, EXAMPLE, 3);
        Model after = Model.create(conversion.convert(network), EXAMPLE, 4)) {
      train(before, backend, data, 2, 0.02);
      Evaluation firstOrder = evaluate(before, backend, data);
      assertTrue(firstOrder.accuracy() > 0.5, () -> "no pretraining: " + firstOrder);

      conversion.transfer(before, after);
      assertTrue(OutputDifference.between(before, after, backend, data) <= 1e-5);
      assertEquals(firstOrder.loss(), evaluate(after, backend, data).loss(), 1e-4);

      train(after, backend, data, 4, 0.02);
      Evaluation quadratic = evaluate(after, backend, data);
      assertTrue(
          quadratic.loss() < 0.9 * firstOrder.loss()
              && quadratic.accuracy() > firstOrder.accuracy(),
          () -> firstOrder + ", then " + quadratic);
    }
  }

  private static void train(
      Model model, Backend backend, DataSplits data, int epochs, double rate) {
    TrainingConfig config =
        TrainingConfig.builder()
            .epochs(epochs)
            .batchSize(32)
            .seed(5)
            .recipe(recipe -> recipe.optimizer(new Sgd()).groups(ParameterGroup.secondOrder(0.1)))
            .schedule(horizon -> Schedule.cosine(rate, rate / 100, horizon.steps()))
            .build();
    new Trainer(model, backend, config).fit(data);
  }

  private static Evaluation evaluate(Model model, Backend backend, DataSplits data) {
    try (Evaluator evaluator = Evaluator.open(model, backend, new CrossEntropy(), 64, List.of())) {
      return evaluator.evaluate(data.validation());
    }
  }
}
