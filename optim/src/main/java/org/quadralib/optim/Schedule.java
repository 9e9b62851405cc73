package org.quadralib.optim;

/**
 * The learning rate as a function of the step alone, so that a run that is resumed goes on with the
 * rate it would have had. Schedules are immutable; after their last step they keep their last rate.
 */
@FunctionalInterface
public interface Schedule {
  /**
   * The learning rate of one step.
   *
   * @param step steps done before in the whole run, from 0
   */
  double learningRate(long step);

  /** How a schedule that depends on the length of a run is made once that is known. */
  @FunctionalInterface
  interface Factory {
    /** The schedule for a run of this length. */
    Schedule create(Horizon horizon);
  }

  /**
   * Length of a run.
   *
   * @param stepsPerEpoch steps in each epoch
   */
  record Horizon(int epochs, int stepsPerEpoch) {
    /** Steps in all. */
    public long steps() {
      return (long) epochs * stepsPerEpoch;
    }
  }

  /** Always the same rate. */
  static Schedule constant(double rate) {
    return new ConstantRate(rate);
  }

  /** The rate multiplied by {@code factor} after every {@code interval} steps. */
  static Schedule stepDecay(double initial, double factor, long interval) {
    return new StepDecay(initial, factor, interval);
  }

  /** Half a cosine from {@code initial} at step 0 to {@code last} at step {@code steps}. */
  static Schedule cosine(double initial, double last, long steps) {
    return new CosineDecay(initial, last, steps);
  }

  /** Up to {@code max} and down again, see {@link OneCycle}, with the usual proportions. */
  static Schedule oneCycle(double max, long steps) {
    return new OneCycle(max, steps);
  }

  /** This schedule after a linear rise from 0 over its first {@code steps}. */
  default Schedule warmUp(long steps) {
    return new WarmUp(this, steps);
  }
}
