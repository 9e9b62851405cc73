package org.quadralib.samples;

import org.quadralib.train.EvaluationListener;
import org.quadralib.train.TrainingListener;

/**
 * Has the heap collected between the parts of a training. Loading data, planning, and kernels that
 * are not compiled yet leave garbage in the old generation, and a collector that may let the heap
 * grow does so before it looks there.
 */
final class OldGarbage implements TrainingListener {
  /** A collection pays if it takes no more than this share of the time. */
  private static final double SHARE = 0.01;

  private long next = System.nanoTime();

  @Override
  public void onEpochStart(int epoch) {
    collect();
  }

  @Override
  public EvaluationListener onValidation(int epoch) {
    collect();
    return EvaluationListener.NONE;
  }

  private void collect() {
    long start = System.nanoTime();
    if (start - next >= 0) {
      System.gc();
      long end = System.nanoTime();
      next = end + (long) ((end - start) / SHARE);
    }
  }
}
