package org.quadralib.layers;

import org.quadralib.graph.Value;

/**
 * A part of a network. A layer is a description: it holds no weights. Tracing it for a batch shape
 * records what it computes and declares the parameters it needs, whose shapes follow from its
 * input, so that layers do not ask for input channels.
 */
@FunctionalInterface
public interface Layer {
  /**
   * Records the layer's computation.
   *
   * @param x its input, batch first
   * @return its output
   * @throws org.quadralib.tensor.ShapeException if the input does not fit, naming the layer
   */
  Value trace(Trace trace, Value x);
}
