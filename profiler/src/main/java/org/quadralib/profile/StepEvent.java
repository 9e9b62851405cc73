package org.quadralib.profile;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A training step that has ended, for the JDK's flight recorder. */
@Name("org.quadralib.Step")
@Label("Training Step")
@Category("QuadraLib")
@Description("Where a training run is after a step")
@StackTrace(false)
final class StepEvent extends Event {
  @Label("Epoch")
  int epoch;

  @Label("Step of the Run")
  long step;

  @Label("Loss")
  double loss;

  @Label("Learning Rate")
  double learningRate;

  @Label("Images per Second")
  double imagesPerSecond;

  @Label("Planned Memory")
  @DataAmount
  long plannedBytes;
}
