package org.quadralib.models;

import java.util.concurrent.atomic.AtomicReference;
import org.quadralib.layers.Conv2d;
import org.quadralib.layers.Dense;
import org.quadralib.layers.Layer;
import org.quadralib.layers.LayerTree;
import org.quadralib.layers.LowRankConv2d;
import org.quadralib.layers.LowRankDense;
import org.quadralib.layers.QResDense;
import org.quadralib.layers.QuadraticConv2d;
import org.quadralib.layers.QuadraticDense;

/** Networks made wider or narrower. */
public final class Width {
  private Width() {}

  /**
   * A network with another number of channels in all linear layers but the last, which gives the
   * outputs. Numbers are rounded, to multiples of the groups where channels are in groups.
   *
   * @param factor above 0
   */
  public static Layer scale(Layer network, double factor) {
    AtomicReference<String> last = new AtomicReference<>("");
    LayerTree.forEachLeaf(
        network,
        (path, layer) -> {
          if (scaled(layer, factor) != layer) {
            last.set(path);
          }
        });
    return LayerTree.rewrite(
        network, (path, layer) -> path.equals(last.get()) ? layer : scaled(layer, factor));
  }

  private static Layer scaled(Layer layer, double factor) {
    return switch (layer) {
      case Conv2d c ->
          new Conv2d(
              times(c.out(), factor, c.groups()),
              c.window(),
              c.groups(),
              c.bias(),
              c.initializer());
      case Dense d -> new Dense(times(d.out(), factor, 1), d.bias(), d.initializer());
      case QuadraticConv2d q ->
          new QuadraticConv2d(
              times(q.out(), factor, q.groups()),
              q.window(),
              q.groups(),
              q.neuron(),
              q.bias(),
              q.branchNorm(),
              q.initializer(),
              q.backprop(),
              q.start());
      case QuadraticDense q ->
          new QuadraticDense(
              times(q.out(), factor, 1),
              q.neuron(),
              q.bias(),
              q.branchNorm(),
              q.initializer(),
              q.backprop(),
              q.start());
      case LowRankConv2d l ->
          new LowRankConv2d(
              times(l.out(), factor, 1), l.window(), l.rank(), l.projections(), l.initializer());
      case LowRankDense l ->
          new LowRankDense(times(l.out(), factor, 1), l.rank(), l.projections(), l.initializer());
      case QResDense q -> new QResDense(times(q.out(), factor, 1), q.initializer());
      default -> layer;
    };
  }

  private static int times(int channels, double factor, int groups) {
    int unit = Math.max(1, groups);
    return Math.toIntExact(Math.max(1, Math.round(channels * factor / unit)) * unit);
  }
}
