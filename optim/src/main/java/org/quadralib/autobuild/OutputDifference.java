package org.quadralib.autobuild;

import java.util.Random;
import org.quadralib.backend.Backend;
import org.quadralib.data.DataSplits;
import org.quadralib.layers.Model;
import org.quadralib.tensor.Tensor;
import org.quadralib.train.EvaluationStep;

/** Compares the outputs of two models. */
final class OutputDifference {
  private static final int EXAMPLES = 16;

  private OutputDifference() {}

  /** Largest difference of outputs for random images, relative to the largest output. */
  static double between(Model first, Model second, Backend backend, DataSplits data) {
    int batch = Math.min(EXAMPLES, data.validation().size());
    try (EvaluationStep a = EvaluationStep.compile(first, backend, batch);
        EvaluationStep b = EvaluationStep.compile(second, backend, batch)) {
      Random random = new Random(1);
      Tensor x = a.input();
      for (long i = 0; i < x.elements(); i++) {
        x.set(i, random.nextGaussian());
      }
      b.input().copyFrom(x);
      a.run();
      b.run();
      double largest = 0;
      double difference = 0;
      for (long i = 0; i < a.logits().elements(); i++) {
        largest = Math.max(largest, Math.abs(a.logits().get(i)));
        difference = Math.max(difference, Math.abs(a.logits().get(i) - b.logits().get(i)));
      }
      return largest == 0 ? difference : difference / largest;
    }
  }
}
