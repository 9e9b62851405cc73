package org.quadralib.autobuild;

import org.quadralib.train.TrainingListener;

/** Hears of the progress of a build, in the thread that builds. */
public interface BuildProgress {
  /** Before a stage is trained; who listens to its training. */
  default TrainingListener onStage(String name, Cost cost, int epochs) {
    return new TrainingListener() {};
  }

  /** Before a unit is probed. */
  default void onProbes(String stage, int units) {}

  /** After a stage, also one that was done before. */
  default void onStageEnd(Stage stage) {}
}
