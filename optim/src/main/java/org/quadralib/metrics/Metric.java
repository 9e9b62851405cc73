package org.quadralib.metrics;

import org.quadralib.tensor.Tensor;

/**
 * A number gathered batch by batch from predictions and labels. Adding a batch allocates nothing.
 */
public interface Metric {
  /**
   * Adds a batch.
   *
   * @param logits {@code [n, classes]}, or {@code [n, 1]} where positive means class 1
   * @param labels {@code [n]} INT32; rows with a negative label count for nothing
   */
  void add(Tensor logits, Tensor labels);

  /** The number so far; NaN before the first example. */
  double value();

  /** Forgets everything. */
  void reset();
}
