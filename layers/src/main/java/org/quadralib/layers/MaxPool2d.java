package org.quadralib.layers;

import org.quadralib.graph.Value;
import org.quadralib.graph.op.Window;

/** Largest value in each window of {@code [n, c, h, w]}. */
public record MaxPool2d(Window window) implements Layer {
  /** A square window that moves by its own size. */
  public MaxPool2d(int kernel) {
    this(Window.square(kernel, kernel, 0));
  }

  @Override
  public Value trace(Trace trace, Value x) {
    return trace.graph().apply(new org.quadralib.graph.op.MaxPool2d(window), x);
  }
}
