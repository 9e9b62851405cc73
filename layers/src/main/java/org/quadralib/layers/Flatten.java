package org.quadralib.layers;

import org.quadralib.graph.Value;

/** {@code [n, …]} to {@code [n, features]}. */
public record Flatten() implements Layer {
  @Override
  public Value trace(Trace trace, Value x) {
    int batch = x.shape().dim(0);
    return trace.ops().reshape(x, batch, x.shape().span(1, x.shape().rank()));
  }
}
