package org.quadralib.train;

import java.nio.file.Path;
import java.util.List;

/** Hears of the progress of a run, in the thread that trains. */
public interface TrainingListener {
  /** Before the first step. */
  default void onStart(TrainingStart start) {}

  /**
   * Before the first step of an epoch, or the first after a resumption.
   *
   * @param epoch from 0
   */
  default void onEpochStart(int epoch) {}

  /** After a step. It should be quick. */
  default void onStep(StepProgress progress) {}

  /** After a step, if the recipe asks for norms of gradients. */
  default void onGradientNorms(int epoch, List<GradientNorm> norms) {}

  /** After an epoch and its validation. */
  default void onEpochEnd(EpochResult result) {}

  /** After a checkpoint was written. */
  default void onCheckpoint(Path file) {}

  /** After the last step and the test. Not called if the run fails. */
  default void onFinish(TrainingResult result) {}
}
