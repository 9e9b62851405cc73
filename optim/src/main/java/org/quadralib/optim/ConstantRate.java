package org.quadralib.optim;

/** Always the same learning rate. */
public record ConstantRate(double rate) implements Schedule {
  /** Checks the rate. */
  public ConstantRate {
    Checks.notNegative("the learning rate", rate);
  }

  @Override
  public double learningRate(long step) {
    return rate;
  }
}
