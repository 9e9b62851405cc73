package org.quadralib.optim;

/**
 * {@code initial · factor^⌊step / interval⌋}.
 *
 * @param interval steps between two changes
 */
public record StepDecay(double initial, double factor, long interval) implements Schedule {
  /** Checks the numbers. */
  public StepDecay {
    Checks.notNegative("the learning rate", initial);
    Checks.positive("the factor", factor);
    Checks.positive("the number of steps", interval);
  }

  @Override
  public double learningRate(long step) {
    return initial * Math.pow(factor, Math.floorDiv(step, interval));
  }
}
