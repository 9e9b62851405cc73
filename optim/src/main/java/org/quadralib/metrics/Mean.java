package org.quadralib.metrics;

/** A weighted mean, such as that of the loss over batches of different size. */
public final class Mean {
  private double sum;
  private long weight;

  /** Adds the mean of {@code count} examples. */
  public void add(double mean, long count) {
    sum += mean * count;
    weight += count;
  }

  /** The mean so far; NaN before the first example. */
  public double value() {
    return weight == 0 ? Double.NaN : sum / weight;
  }

  /** Sum of all values. */
  public double sum() {
    return sum;
  }

  /** Number of examples. */
  public long count() {
    return weight;
  }

  /** Goes on from a sum that was kept elsewhere, such as in a checkpoint. */
  public void restore(double sumSoFar, long countSoFar) {
    sum = sumSoFar;
    weight = countSoFar;
  }

  /** Forgets everything. */
  public void reset() {
    restore(0, 0);
  }
}
