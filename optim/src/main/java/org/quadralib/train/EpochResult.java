package org.quadralib.train;

import java.util.Optional;

/**
 * What an epoch came to.
 *
 * @param epoch from 0
 * @param learningRate of its last step
 * @param train loss and accuracy over its batches as they were trained on: statistics of the batch,
 *     weights that still changed
 * @param validation scores after it, if there are examples to validate on
 * @param seconds of training, without validation and checkpoints; on this machine, this time
 * @param best whether its weights are the best so far
 */
public record EpochResult(
    int epoch,
    double learningRate,
    Scores train,
    Optional<Scores> validation,
    double seconds,
    boolean best) {
  /** Images trained on in a second. */
  public double imagesPerSecond() {
    return train.examples() / seconds;
  }
}
