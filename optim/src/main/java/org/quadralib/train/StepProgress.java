package org.quadralib.train;

/**
 * How far a run is, after a step.
 *
 * @param epoch from 0
 * @param step steps done in the epoch
 * @param globalStep steps done in the run
 * @param loss of this step's batch
 * @param meanLoss over the epoch so far
 * @param accuracy over the epoch so far, from 0 to 1
 * @param imagesPerSecond lately
 * @param secondsLeft until the end of all epochs, estimated
 */
public record StepProgress(
    int epoch,
    int epochs,
    int step,
    int stepsPerEpoch,
    long globalStep,
    double loss,
    double meanLoss,
    double accuracy,
    double learningRate,
    double imagesPerSecond,
    double secondsLeft) {}
