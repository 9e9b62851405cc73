package org.quadralib.metrics;

import org.quadralib.tensor.Tensor;

/** What a network says about the rows of a batch. */
public final class Predictions {
  private Predictions() {}

  /**
   * The class with the largest logit, the first of equals. A single logit means class 1 if it is
   * positive, else class 0. NaN is no logit: a row of them gives −1.
   */
  public static int best(Tensor logits, long row) {
    int classes = logits.shape().dim(1);
    if (classes == 1) {
      double logit = logits.get(row);
      return Double.isNaN(logit) ? -1 : logit > 0 ? 1 : 0;
    }
    int best = -1;
    double most = Double.NaN;
    for (int j = 0; j < classes; j++) {
      double logit = logits.get(row * classes + j);
      if (logit > most || (Double.isNaN(most) && !Double.isNaN(logit))) {
        most = logit;
        best = j;
      }
    }
    return best;
  }

  /**
   * How many classes come before one when sorted by logit, the first of equals before the others;
   * all of them if its logit is NaN.
   */
  static int rank(Tensor logits, long row, long label) {
    int classes = logits.shape().dim(1);
    if (classes == 1) {
      int prediction = best(logits, row);
      return prediction < 0 ? 2 : prediction == label ? 0 : 1;
    }
    double own = logits.get(row * classes + label);
    if (Double.isNaN(own)) {
      return classes;
    }
    int before = 0;
    for (int j = 0; j < classes; j++) {
      double other = logits.get(row * classes + j);
      if (other > own || (other == own && j < label)) {
        before++;
      }
    }
    return before;
  }
}
