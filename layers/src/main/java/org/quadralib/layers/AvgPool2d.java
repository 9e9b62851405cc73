package org.quadralib.layers;

import org.quadralib.graph.Value;
import org.quadralib.graph.op.Window;

/** Mean of each window of {@code [n, c, h, w]}; padding counts as zeros. */
public record AvgPool2d(Window window) implements Layer {
  /** A square window that moves by its own size. */
  public AvgPool2d(int kernel) {
    this(Window.square(kernel, kernel, 0));
  }

  @Override
  public Value trace(Trace trace, Value x) {
    return trace.graph().apply(new org.quadralib.graph.op.AvgPool2d(window, true), x);
  }
}
