package org.quadralib.layers;

import org.quadralib.graph.Value;
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
}
