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
      String path = trace.graph().scope();
      throw new ShapeException(
          "%s%s needs an input %s, but was given %s"
              .formatted(path.isEmpty() ? "" : "layer '" + path + "': ", layer, layout, x.shape()));
    }
  }

  /** The shape in which one number for each channel broadcasts over {@code [n, channels, …]}. */
  static Shape perChannel(Shape x, int channels) {
    int[] dims = new int[x.rank()];
    Arrays.fill(dims, 1);
    dims[1] = channels;
    return Shape.of(dims);
  }
}
