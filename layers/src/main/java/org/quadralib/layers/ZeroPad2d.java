package org.quadralib.layers;

import org.quadralib.graph.Value;
import org.quadralib.graph.op.Pad;

/** Zeros around an image {@code [n, c, h, w]}, in pixels, each side for itself. */
public record ZeroPad2d(int top, int bottom, int left, int right) implements Layer {
  @Override
  public Value trace(Trace trace, Value x) {
    Layers.requireRank(trace, "ZeroPad2d", x, 4, "[batch, channels, height, width]");
    Value rows = top + bottom == 0 ? x : trace.graph().apply(new Pad(2, top, bottom), x);
    return left + right == 0 ? rows : trace.graph().apply(new Pad(3, left, right), rows);
  }
}
