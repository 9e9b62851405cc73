package org.quadralib.vector.conv;

import java.util.Locale;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;
import org.quadralib.vector.gemm.Tile;

/**
 * Whether convolutions with 3 × 3 taps and stride one may use a Winograd algorithm. It needs fewer
 * multiplications than the direct way, but loses digits: its error is some 1e-5 of the largest
 * output with tiles of 4 × 4, some 1e-6 with tiles of 2 × 2.
 */
public enum Winograd {
  /** The way of least estimated cost, for each convolution. */
  AUTO,
  /** Never. */
  OFF,
  /** Wherever it applies, with tiles of 2 × 2 outputs. */
  TILES_OF_2,
  /** Wherever it applies, with tiles of 4 × 4 outputs. */
  TILES_OF_4;

  // Costs in multiply-adds of a product, per value transformed, fitted to times of 16, 32 and 64
  // channels on Zen 5 with 512 bits.
  private static final double INPUT_COST = 2.3 * Tile.LANES;
  private static final double OUTPUT_COST = 2 * Tile.LANES;
  private static final double FILTER_COST = 2.5 * Tile.LANES;

  /** Of a multiply-add of the direct convolution, which reads x in place. */
  private static final double DIRECT_COST = 1.35;

  /** Of a multiply-add of the direct weight gradient, which reads x scattered. */
  private static final double DIRECT_GRADIENT_COST = 2;

  /**
   * The choice that a text names.
   *
   * @param text auto, off, 2 or 4
   * @throws IllegalArgumentException if it is none of these
   */
  public static Winograd parse(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "auto" -> AUTO;
      case "off" -> OFF;
      case "2" -> TILES_OF_2;
      case "4" -> TILES_OF_4;
      default ->
          throw new IllegalArgumentException(
              "winograd must be auto, off, 2 or 4, but is '%s'".formatted(text));
    };
  }

  /** As {@link #parse} takes it. */
  @Override
  public String toString() {
    return switch (this) {
      case AUTO -> "auto";
      case OFF -> "off";
      case TILES_OF_2 -> "2";
      case TILES_OF_4 -> "4";
    };
  }

  /** Whether it is to be used wherever it applies. */
  boolean isForced() {
    return this == TILES_OF_2 || this == TILES_OF_4;
  }

  /** What an algorithm with such tiles is called in listings. */
  static String algorithm(int edge) {
    return "winograd %dx%d".formatted(edge, edge);
  }

  /** Edge of the tiles for a convolution or its input gradient; 0 for the direct way. */
  int edge(TapProblem problem) {
    if (this == OFF || !problem.isWinograd()) {
      return 0;
    }
    double inputs = problem.inputMaps() * (double) padded(problem.inputChannels());
    double outputs = problem.outputMaps() * (double) padded(problem.outputChannels());
    double direct =
        DIRECT_COST
            * 9
            * problem.batch()
            * problem.planeHeight()
            * problem.planeWidth()
            * problem.depthChannels()
            * problem.outputMaps()
            * problem.outputChannels();
    return best(
        direct,
        edge ->
            new WinogradTiles(problem.batch(), problem.planeHeight(), problem.planeWidth(), edge),
        inputs,
        outputs,
        OUTPUT_COST,
        edge -> WinogradConvolution.fits(problem, edge));
  }

  /** Edge of the tiles for a weight gradient; 0 for the direct way. */
  int edge(ConvShape shape, int maps) {
    // Filters fill the columns of its tiles, or leave them empty.
    double columns = Tile.roundUp(maps * shape.filters(), Tile.GRADIENT_COLUMNS);
    double direct = DIRECT_GRADIENT_COST * shape.multiplyAdds() / shape.filters() * columns;
    return this == OFF
        ? 0
        : best(
            direct,
            edge ->
                new WinogradTiles(shape.batch(), shape.outputHeight(), shape.outputWidth(), edge),
            padded(shape.channels()),
            maps * (double) padded(shape.filters()),
            INPUT_COST,
            edge -> WinogradWeightGradient.fits(shape, maps, edge));
  }

  private int best(
      double direct,
      IntFunction<WinogradTiles> tiles,
      double inputs,
      double outputs,
      double outputCost,
      IntPredicate fits) {
    int best = 0;
    double least = this == AUTO ? direct : Double.POSITIVE_INFINITY;
    for (int edge = 2; edge <= 4; edge += 2) {
      boolean wanted = this == AUTO || edge == (this == TILES_OF_2 ? 2 : 4);
      if (wanted && fits.test(edge)) {
        double points = (edge + 2.0) * (edge + 2.0);
        double count = tiles.apply(edge).count();
        double cost =
            points
                * (count * inputs * outputs
                    + count * inputs * INPUT_COST
                    + count * outputs * outputCost
                    + inputs * outputs * FILTER_COST);
        if (cost < least) {
          least = cost;
          best = edge;
        }
      }
    }
    return best;
  }

  private static int padded(int channels) {
    return Tile.roundUp(channels, Tile.LANES);
  }
}
