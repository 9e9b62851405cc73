package org.quadralib.train;

import org.quadralib.plan.Plan;

/**
 * What is known before the first step.
 *
 * @param epochs of the whole run
 * @param firstEpoch the epoch it starts in: above 0 if the run is resumed
 * @param firstStep steps of that epoch that are done already
 * @param trainExamples examples in the training set
 * @param plan of a training step
 * @param predictedPeakBytes what the run will hold at most: parameters, optimizer state, slabs and
 *     panels of training and evaluation, the data set, buffers of batches, a copy of the best
 *     weights if there is no folder for them, and what listeners planned
 */
public record TrainingStart(
    int epochs,
    int stepsPerEpoch,
    int firstEpoch,
    int firstStep,
    int trainExamples,
    Plan plan,
    long predictedPeakBytes) {
  /** Whether a checkpoint is gone on from. */
  public boolean resumed() {
    return firstEpoch > 0 || firstStep > 0;
  }
}
