package org.quadralib.analysis;

import org.quadralib.backend.Backend;
import org.quadralib.layers.Model;
import org.quadralib.tensor.Tensor;
import org.quadralib.train.EvaluationStep;

/**
 * What a model says about images.
 *
 * @param classes number of classes
 * @param logits {@code [n × classes]}
 */
public record Answers(int classes, float[] logits) {
  private static final int BATCH = 64;

  /**
   * Runs a model as it is used.
   *
   * @param images {@code [n, …]}, as the model takes them
   */
  public static Answers of(Model model, Backend backend, Tensor images) {
    int count = Inputs.count(images);
    int batch = Math.min(BATCH, count);
    try (EvaluationStep step = EvaluationStep.compile(model, backend, batch)) {
      int classes = step.logits().shape().dim(1);
      float[] logits = new float[count * classes];
      for (int first = 0; first < count; first += batch) {
        int rows = Math.min(batch, count - first);
        Inputs.copy(images, first, rows, step.input());
        step.run();
        for (int i = 0; i < rows * classes; i++) {
          logits[first * classes + i] = (float) step.logits().get(i);
        }
      }
      return new Answers(classes, logits);
    }
  }

  /** Number of images. */
  public int count() {
    return logits.length / classes;
  }

  /** The most likely class of an image, the first of equals. */
  public int best(int image) {
    int best = 0;
    for (int j = 1; j < classes; j++) {
      if (logits[image * classes + j] > logits[image * classes + best]) {
        best = j;
      }
    }
    return best;
  }

  /** How likely a class is for an image: softmax of the logits. */
  public double probability(int image, int label) {
    double own = logits[image * classes + label];
    double sum = 0;
    for (int j = 0; j < classes; j++) {
      sum += Math.exp(logits[image * classes + j] - own);
    }
    return 1 / sum;
  }

  /** Share of the images whose label is known that are right; NaN if none is known. */
  public double accuracy(int[] labels) {
    int known = 0;
    int right = 0;
    for (int i = 0; i < labels.length; i++) {
      known += labels[i] >= 0 ? 1 : 0;
      right += labels[i] >= 0 && labels[i] == best(i) ? 1 : 0;
    }
    return (double) right / known;
  }
}
