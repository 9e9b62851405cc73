package org.quadralib.models;

import java.util.function.ToLongFunction;
import org.quadralib.layers.Layer;
import org.quadralib.layers.ModelSummary;
import org.quadralib.tensor.Shape;

/** Networks of the size of another, so that the two can be compared fairly. */
public final class Baselines {
  private static final double NARROWEST = 1.0 / 256;
  private static final double WIDEST = 64;
  private static final int HALVINGS = 24;

  private Baselines() {}

  /** What two networks have in common when they are compared. */
  public enum Match {
    /** Number of trainable parameters. */
    PARAMS(ModelSummary::parameters),
    /** Multiply-accumulates for one example. */
    MACS(ModelSummary::macs);

    private final ToLongFunction<ModelSummary> measure;

    Match(ToLongFunction<ModelSummary> measure) {
      this.measure = measure;
    }

    /** The number of a network. */
    public long of(Layer network, Shape example) {
      return measure.applyAsLong(ModelSummary.of(network, example));
    }
  }

  /** A network and by how much it was made wider. */
  public record Baseline(Layer layer, double width) {}

  /**
   * A network made as wide as it takes to cost what another costs, as nearly as whole channels
   * allow.
   *
   * @param cost parameters or multiply-accumulates of the other
   * @throws IllegalArgumentException if no width between 1/256 and 64 does
   */
  public static Baseline matching(Layer network, Shape example, Match match, long cost) {
    double low = NARROWEST;
    double high = 1;
    while (cost(network, high, example, match) < cost) {
      low = high;
      high *= 2;
      if (high > WIDEST) {
        throw new IllegalArgumentException(
            "no network of this kind costs as much as %,d %s; choose a smaller model"
                .formatted(cost, match.name().toLowerCase(java.util.Locale.ROOT)));
      }
    }
    for (int i = 0; i < HALVINGS; i++) {
      double middle = (low + high) / 2;
      if (cost(network, middle, example, match) < cost) {
        low = middle;
      } else {
        high = middle;
      }
    }
    long below = cost - cost(network, low, example, match);
    long above = cost(network, high, example, match) - cost;
    double width = below < above ? low : high;
    return new Baseline(Width.scale(network, width), width);
  }

  private static long cost(Layer network, double width, Shape example, Match match) {
    return match.of(Width.scale(network, width), example);
  }
}
