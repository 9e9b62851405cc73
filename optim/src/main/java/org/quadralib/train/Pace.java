package org.quadralib.train;

import java.util.Arrays;
import java.util.function.LongSupplier;

/**
 * How fast a run goes: the median of its latest steps. The first steps of a JVM take many times as
 * long as later ones, and a mean would carry them along; a median forgets them after half as many
 * steps as it looks at.
 */
final class Pace {
  private static final int LATEST = 20;

  private final int epochs;
  private final int stepsPerEpoch;
  private final int batchSize;
  private final LongSupplier nanoTime;
  private final double[] latest = new double[LATEST];
  private long steps;
  private double secondsPerEvaluation;
  private long before;

  Pace(int epochs, int stepsPerEpoch, int batchSize) {
    this(epochs, stepsPerEpoch, batchSize, System::nanoTime);
  }

  /**
   * A pace by a clock.
   *
   * @param nanoTime as {@link System#nanoTime}
   */
  Pace(int epochs, int stepsPerEpoch, int batchSize, LongSupplier nanoTime) {
    this.epochs = epochs;
    this.stepsPerEpoch = stepsPerEpoch;
    this.batchSize = batchSize;
    this.nanoTime = nanoTime;
  }

  /** Starts the clock of the next step. */
  void start() {
    before = nanoTime.getAsLong();
  }

  /** Seconds since the step before ended, or since {@link #start}. */
  double step() {
    long now = nanoTime.getAsLong();
    double seconds = (now - before) * 1e-9;
    before = now;
    latest[(int) (steps++ % LATEST)] = seconds;
    return seconds;
  }

  /** An evaluation took so long. */
  void evaluated(long nanos) {
    secondsPerEvaluation = nanos * 1e-9;
  }

  StepProgress progress(RunState state, double loss) {
    int epochsLeft = epochs - state.epoch;
    double stepsLeft = (double) epochsLeft * stepsPerEpoch - state.step;
    double secondsPerStep = secondsPerStep();
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

  private double secondsPerStep() {
    double[] sorted = Arrays.copyOf(latest, (int) Math.min(steps, LATEST));
    Arrays.sort(sorted);
    // Of an even number the lower one: of the first two steps the second is nearer to the rest.
    return sorted.length == 0 ? Double.NaN : sorted[(sorted.length - 1) / 2];
  }
}
