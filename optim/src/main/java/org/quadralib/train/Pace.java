package org.quadralib.train;

/** How fast a run goes. */
final class Pace {
  /** Weight of the latest step in the running mean; about the last twenty steps count. */
  private static final double LATEST = 0.05;

  private final int epochs;
  private final int stepsPerEpoch;
  private final int batchSize;
  private double secondsPerStep = Double.NaN;
  private double secondsPerEvaluation;
  private long before;

  Pace(int epochs, int stepsPerEpoch, int batchSize) {
    this.epochs = epochs;
    this.stepsPerEpoch = stepsPerEpoch;
    this.batchSize = batchSize;
  }

  /** Starts the clock of the next step. */
  void start() {
    before = System.nanoTime();
  }

  /** Seconds since the step before ended. */
  double step() {
    long now = System.nanoTime();
    double seconds = (now - before) * 1e-9;
    before = now;
    secondsPerStep =
        Double.isNaN(secondsPerStep) ? seconds : (1 - LATEST) * secondsPerStep + LATEST * seconds;
    return seconds;
  }

  /** An evaluation took so long. */
  void evaluated(long nanos) {
    secondsPerEvaluation = nanos * 1e-9;
  }

  StepProgress progress(RunState state, double loss) {
    int epochsLeft = epochs - state.epoch;
    double stepsLeft = (double) epochsLeft * stepsPerEpoch - state.step;
    return new StepProgress(
        state.epoch,
        epochs,
        state.step,
        stepsPerEpoch,
        state.globalStep,
        loss,
        state.loss.value(),
        state.accuracy.value(),
        state.learningRate,
        batchSize / secondsPerStep,
        stepsLeft * secondsPerStep + epochsLeft * secondsPerEvaluation);
  }
}
