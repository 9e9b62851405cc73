package org.quadralib.optim;

/**
 * The one-cycle policy (Smith & Topin 2017) as PyTorch's {@code OneCycleLR} has it: half a cosine
 * from {@code max / divisor} up to {@code max}, then half a cosine down to {@code max / (divisor ·
 * finalDivisor)}, reached at step {@code steps − 1}. Momentum stays as it is.
 *
 * @param steps of the whole run, at least 2
 * @param rise fraction of the steps until the rate is highest
 */
public record OneCycle(double max, long steps, double rise, double divisor, double finalDivisor)
    implements Schedule {
  /** Checks the numbers. */
  public OneCycle {
    Checks.positive("the highest learning rate", max);
    Checks.require(steps >= 2, "the number of steps", "at least 2", steps);
    Checks.fraction("the fraction of the steps that rise", rise);
    Checks.positive("the divisor of the first rate", divisor);
    Checks.positive("the divisor of the last rate", finalDivisor);
  }

  /** Rises for 0.3 of the steps from 1/25 of the highest rate, and falls to 1/10000 of that. */
  public OneCycle(double max, long steps) {
    this(max, steps, 0.3, 25, 1e4);
  }

  @Override
  public double learningRate(long step) {
    double first = max / divisor;
    double peak = rise * steps - 1;
    return peak > 0 && step <= peak
        ? CosineDecay.between(first, max, step / peak)
        : CosineDecay.between(max, first / finalDivisor, (step - peak) / (steps - 1 - peak));
  }
}
