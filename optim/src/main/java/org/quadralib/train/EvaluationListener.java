package org.quadralib.train;

import org.quadralib.backend.Executable;
import org.quadralib.backend.ExecutionListener;
import org.quadralib.data.Batch;
import org.quadralib.tensor.Tensor;

/** Hears of an evaluation batch by batch, in the thread that evaluates. */
public interface EvaluationListener {
  /** Hears nothing. */
  EvaluationListener NONE = new EvaluationListener() {};

  /**
   * Asked before each batch: who watches its operations. Watching costs time.
   *
   * @param number of the batch, from 0
   * @param executable what is about to run
   */
  default ExecutionListener watch(int number, Executable executable) {
    return ExecutionListener.NONE;
  }

  /**
   * After a batch.
   *
   * @param logits {@code [batch size, classes]}; the first {@link Batch#count()} rows count
   */
  default void onBatch(Batch batch, Tensor logits) {}
}
