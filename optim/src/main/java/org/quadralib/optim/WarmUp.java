package org.quadralib.optim;

/**
 * A schedule whose first steps rise linearly: step {@code i < steps} has {@code (i + 1)/steps} of
 * the rate that it would have had.
 *
 * @param steps length of the rise
 */
public record WarmUp(Schedule schedule, long steps) implements Schedule {
  /** Checks the length. */
  public WarmUp {
    Checks.positive("the number of warm-up steps", steps);
  }

  @Override
  public double learningRate(long step) {
    return schedule.learningRate(step) * Math.min(1, (step + 1.0) / steps);
  }
}
