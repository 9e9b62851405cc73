package org.quadralib.layers;

import java.util.Arrays;
import org.quadralib.graph.Value;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.ShapeException;

/** Checks that layers share. */
final class Layers {
  private Layers() {}

  static void requireRank(Trace trace, String layer, Value x, int rank, String layout) {
    if (x.shape().rank() != rank) {
      throw error(
          trace, "%s needs an input %s, but was given %s".formatted(layer, layout, x.shape()));
    }
  }

  /**
   * Checks what a layer is described with.
   *
   * @throws IllegalArgumentException if the number is below 1, naming layer and argument
   */
  static void requirePositive(String layer, String argument, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(
          "%s: %s must be at least 1, not %d".formatted(layer, argument, value));
    }
  }

  /**
   * Checks the groups of a convolution, of which {@link Conv2d#DEPTHWISE} is a special number.
   *
   * @throws IllegalArgumentException if it is negative, naming the layer
   */
  static void requireGroups(String layer, int groups) {
    if (groups < 0) {
      throw new IllegalArgumentException(
          "%s: groups must be at least 1, or Conv2d.DEPTHWISE, not %d".formatted(layer, groups));
    }
  }

  /** An error of the layer being traced, with its path. */
  static ShapeException error(Trace trace, String message) {
    String path = trace.graph().scope();
    return new ShapeException((path.isEmpty() ? "" : "layer '" + path + "': ") + message);
  }

  /** The shape in which one number for each channel broadcasts over {@code [n, channels, …]}. */
  static Shape perChannel(Shape x, int channels) {
    int[] dims = new int[x.rank()];
    Arrays.fill(dims, 1);
    dims[1] = channels;
    return Shape.of(dims);
  }
}
