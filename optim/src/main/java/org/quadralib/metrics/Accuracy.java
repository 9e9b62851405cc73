package org.quadralib.metrics;

import org.quadralib.tensor.Tensor;

/** Share of the examples whose class is among the {@code k} with the largest logits. */
public final class Accuracy implements Metric {
  private final int k;
  private long correct;
  private long count;

  /** Top-1 accuracy. */
  public Accuracy() {
    this(1);
  }

  /** Top-k accuracy. */
  public Accuracy(int k) {
    if (k < 1) {
      throw new IllegalArgumentException("k must be at least 1, but is " + k);
    }
    this.k = k;
  }

  @Override
  public void add(Tensor logits, Tensor labels) {
    for (long row = 0; row < labels.elements(); row++) {
      long label = labels.getLong(row);
      if (label >= 0) {
        count++;
        if (Predictions.rank(logits, row, label) < k) {
          correct++;
        }
      }
    }
  }

  /** Adds what was counted elsewhere, such as on a device. */
  public void add(long correctOnes, long examples) {
    correct += correctOnes;
    count += examples;
  }

  @Override
  public double value() {
    return count == 0 ? Double.NaN : (double) correct / count;
  }

  /** Examples that were right. */
  public long correct() {
    return correct;
  }

  /** Examples so far. */
  public long count() {
    return count;
  }

  /** Goes on from counts that were kept elsewhere, such as in a checkpoint. */
  public void restore(long correctSoFar, long countSoFar) {
    correct = correctSoFar;
    count = countSoFar;
  }

  @Override
  public void reset() {
    restore(0, 0);
  }
}
