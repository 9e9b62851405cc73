package org.quadralib.layers;

import java.util.Optional;
import org.quadralib.graph.Value;

/**
 * {@code body(x) + shortcut(x)}; without a shortcut, {@code body(x) + x}. Parameters of the body
 * keep their names, those of the shortcut are under {@code shortcut}.
 */
public record Residual(Layer body, Optional<Layer> shortcut) implements Layer {
  /** Around a body that keeps the shape. */
  public Residual(Layer body) {
    this(body, Optional.empty());
  }

  /** Around a body that changes the shape as the shortcut does. */
  public Residual(Layer body, Layer shortcut) {
    this(body, Optional.of(shortcut));
  }

  @Override
  public Value trace(Trace trace, Value x) {
    Value y = body.trace(trace, x);
    Value skipped = shortcut.map(layer -> trace.child("shortcut", layer, x)).orElse(x);
    return trace.ops().add(y, skipped);
  }
}
