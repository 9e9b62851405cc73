package org.quadralib.layers;

import org.quadralib.graph.Value;

/** Mean of each channel: {@code [n, c, h, w]} to {@code [n, c]}. */
public record GlobalAvgPool2d() implements Layer {
  @Override
  public Value trace(Trace trace, Value x) {
    Layers.requireRank(trace, "GlobalAvgPool2d", x, 4, "[batch, channels, height, width]");
    int batch = x.shape().dim(0);
    int channels = x.shape().dim(1);
    int area = x.shape().span(2, 4);
    Value sum = area == 1 ? x : trace.ops().sum(x, 2, 3);
    Value flat = trace.ops().reshape(sum, batch, channels);
    return area == 1 ? flat : trace.ops().affine(flat, 1.0 / area, 0);
  }
}
