package org.quadralib.layers;

import org.quadralib.graph.Value;
import org.quadralib.tensor.Shape;

/**
 * Each channel times a learned factor (Touvron et al. 2021). State: {@code gamma [channels]}.
 *
 * @param initial first value of all factors; small ones keep residual blocks near identity
 */
public record LayerScale(double initial) implements Layer {
  @Override
  public Value trace(Trace trace, Value x) {
    int channels = x.shape().dim(1);
    Value gamma =
        trace.parameter(
            "gamma",
            Shape.of(channels),
            Initializer.constant(initial),
            ParameterSpec.Kind.NORM_SCALE);
    return trace.ops().mul(x, trace.ops().reshape(gamma, Layers.perChannel(x.shape(), channels)));
  }
}
