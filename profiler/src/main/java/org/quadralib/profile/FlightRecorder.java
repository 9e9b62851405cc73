package org.quadralib.profile;

import java.util.Locale;
import org.quadralib.backend.ExecutionListener;
import org.quadralib.graph.Node;

/**
 * Shows each operation of a run to the JDK's flight recorder as an event {@code
 * org.quadralib.Operation}, while a recording runs. Not thread-safe.
 */
public final class FlightRecorder implements ExecutionListener {
  private OperationEvent event = new OperationEvent();

  /** Whether a recording runs that wants to see operations. */
  public static boolean isOn() {
    return new OperationEvent().isEnabled();
  }

  /** For one executable. */
  public FlightRecorder() {}

  @Override
  public void before(int position, Node node) {
    // An event is written as a whole when it is committed, so every operation needs its own.
    if (event.isEnabled()) {
      event = new OperationEvent();
      event.begin();
    }
  }

  @Override
  public void after(int position, Node node) {
    event.end();
    if (event.shouldCommit()) {
      event.operation = node.op().name();
      event.layer = node.scope();
      event.phase = node.phase().name().toLowerCase(Locale.ROOT);
      event.position = position;
      event.commit();
    }
  }
}
