package org.quadralib.train;

import java.nio.file.Path;
import java.util.List;
import org.quadralib.backend.Executable;
import org.quadralib.backend.ExecutionListener;
import org.quadralib.data.DataSplits;

/** Hears of the progress of a run, in the thread that trains. */
public interface TrainingListener {
  /**
   * Memory that this listener takes from the model's arena beside that of the run, at most, in
   * bytes. It is to take it in {@link #onEpochEnd} and give it back there, so that listeners have
   * it one after the other and not during an evaluation.
   */
  default long plannedBytes(DataSplits data) {
    return 0;
  }

  /** Before the first step. */
  default void onStart(TrainingStart start) {}

  /**
   * Before the first step of an epoch, or the first after a resumption.
   *
   * @param epoch from 0
   */
  default void onEpochStart(int epoch) {}

  /**
   * Asked before each step: who watches its operations. Watching costs time, so most steps should
   * go unwatched.
   *
   * @param epoch from 0
   * @param step steps done in the epoch
   * @param executable what is about to run
   */
  default ExecutionListener watch(int epoch, int step, int stepsPerEpoch, Executable executable) {
    return ExecutionListener.NONE;
  }

  /** After a step. It should be quick. */
  default void onStep(StepProgress progress) {}

  /** After a step, if the recipe asks for norms of gradients. */
  default void onGradientNorms(int epoch, List<GradientNorm> norms) {}

  /** Before the validation after an epoch: who hears of it. */
  default EvaluationListener onValidation(int epoch) {
    return EvaluationListener.NONE;
  }

  /** Before the test of the selected weights: who hears of it. */
  default EvaluationListener onTest() {
    return EvaluationListener.NONE;
  }

  /** After an epoch and its validation. */
  default void onEpochEnd(EpochResult result) {}

  /** After a checkpoint was written. */
  default void onCheckpoint(Path file) {}

  /**
   * After the last step and the test, when only the model and the data set are still held. Not
   * called if the run fails.
   */
  default void onFinish(TrainingResult result) {}
}
