package org.quadralib.backend;

import org.quadralib.tensor.Tensor;

/** The check every backend makes on class labels before it uses them as positions. */
public final class Labels {
  private Labels() {}

  /**
   * Number of labels that count: negative ones mark rows that only fill up a batch.
   *
   * @return at least 1, so that it can divide
   * @throws IllegalArgumentException if a label is not below {@code classes}
   */
  public static int count(Tensor labels, int classes) {
    int count = 0;
    for (long n = 0; n < labels.elements(); n++) {
      long label = labels.getLong(n);
      if (label >= classes) {
        throw new IllegalArgumentException(
            "label %d at position %d of the batch is not one of %d classes"
                .formatted(label, n, classes));
      }
      if (label >= 0) {
        count++;
      }
    }
    return Math.max(count, 1);
  }
}
