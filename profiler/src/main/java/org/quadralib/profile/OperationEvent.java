package org.quadralib.profile;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** One operation of a step, for the JDK's flight recorder; it costs nothing without a recording. */
@Name("org.quadralib.Operation")
@Label("Operation")
@Category("QuadraLib")
@Description("One operation of a plan")
@StackTrace(false)
final class OperationEvent extends Event {
  @Label("Operation")
  String operation = "";

  @Label("Layer")
  String layer = "";

  @Label("Phase")
  String phase = "";

  @Label("Position")
  int position;
}
