package org.quadralib.train;

import org.quadralib.metrics.ConfusionMatrix;

/**
 * A full evaluation of a model on a data set.
 *
 * @param top5Accuracy share of the examples whose class is among the five with the largest logits
 */
public record Evaluation(Scores scores, double top5Accuracy, ConfusionMatrix confusion) {
  /** Mean loss. */
  public double loss() {
    return scores.loss();
  }

  /** Share of the examples that are right, from 0 to 1. */
  public double accuracy() {
    return scores.accuracy();
  }
}
