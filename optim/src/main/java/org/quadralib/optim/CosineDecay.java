package org.quadralib.optim;

/**
 * Half a cosine (Loshchilov & Hutter 2017, without restarts): {@code last + (initial − last)(1 +
 * cos(π step/steps))/2}.
 *
 * @param steps from the first rate to the last
 */
public record CosineDecay(double initial, double last, long steps) implements Schedule {
  /** Checks the numbers. */
  public CosineDecay {
    Checks.notNegative("the first learning rate", initial);
    Checks.notNegative("the last learning rate", last);
    Checks.positive("the number of steps", steps);
  }

  @Override
  public double learningRate(long step) {
    return between(initial, last, (double) step / steps);
  }

  /** Half a cosine from one number to another, for a fraction of the way in {@code [0, 1]}. */
  static double between(double from, double to, double fraction) {
    return to + (from - to) * (1 + Math.cos(Math.PI * Math.clamp(fraction, 0, 1))) / 2;
  }
}
