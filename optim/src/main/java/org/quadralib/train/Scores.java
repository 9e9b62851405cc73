package org.quadralib.train;

/**
 * How well a model does on some examples.
 *
 * @param loss mean loss
 * @param accuracy share of the examples that are right, from 0 to 1
 * @param examples how many there were
 */
public record Scores(double loss, double accuracy, long examples) {
  /** Whether these are better: a higher accuracy, or the same with a lower loss. */
  public boolean isBetterThan(Scores other) {
    return accuracy > other.accuracy || (accuracy == other.accuracy && loss < other.loss);
  }
}
