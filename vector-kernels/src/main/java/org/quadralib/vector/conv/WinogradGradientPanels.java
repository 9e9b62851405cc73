package org.quadralib.vector.conv;

import java.util.Arrays;
import org.quadralib.vector.gemm.Tile;
import org.quadralib.vector.gemm.TileKernels;

/**
 * The operands of a Winograd weight gradient for some tiles: at each point a panel of transformed
 * inputs, tiles by channels, and one of transformed output gradients, tiles by filters, whose
 * product over the tiles is wanted.
 */
final class WinogradGradientPanels {
  private static final int LANES = Tile.LANES;

  private final WinogradInput inputs;
  private final WinogradInput gradients;
  private final int maps;
  private final int outputBlocks;
  private final int points;
  private final int chunk;
  private final int inputBlocks;
  private final int panels;
  private final int inputStride; // from point to point
  private final int gradientStride;

  /**
   * Lays panels out.
   *
   * @param chunk tiles that they hold at most
   * @param mostTiles tiles that are transformed at a time
   */
  WinogradGradientPanels(
      ConvShape shape,
      int maps,
      WinogradTransform transform,
      WinogradTiles tiles,
      int chunk,
      int mostTiles) {
    this.maps = maps;
    this.chunk = chunk;
    points = transform.points();
    inputs =
        WinogradInput.ofInput(
            transform,
            tiles,
            shape.channels(),
            shape.height(),
            shape.width(),
            shape.paddingHeight(),
            shape.paddingWidth(),
            mostTiles);
    gradients = WinogradInput.ofOutputGradient(transform, tiles, shape.filters(), mostTiles);
    inputBlocks = inputBlocks(shape);
    outputBlocks = Math.ceilDiv(shape.filters(), LANES);
    panels = panels(shape, maps);
    // One vector more than needed, lest all points share a few cache sets.
    inputStride = inputBlocks * chunk * LANES + LANES;
    gradientStride = panels * chunk * Tile.COLUMNS + LANES;
  }

  /** Vectors of input channels. */
  static int inputBlocks(ConvShape shape) {
    return Math.ceilDiv(shape.channels(), LANES);
  }

  /** Panels of filters of all maps, two vectors wide. */
  static int panels(ConvShape shape, int maps) {
    return Math.ceilDiv(maps * Math.ceilDiv(shape.filters(), LANES), 2);
  }

  /** Floats of a tile, transformed. */
  static int floatsPerTile(ConvShape shape, int maps, WinogradTransform transform) {
    return transform.points() * (inputBlocks(shape) * LANES + panels(shape, maps) * Tile.COLUMNS);
  }

  /** Vectors of channels to transform: of x, and of all g, padded to whole panels. */
  int blocks() {
    return inputBlocks + 2 * panels;
  }

  /** Those of them that are not there to fill up the last panel, which come last. */
  int usedBlocks() {
    return inputBlocks + maps * outputBlocks;
  }

  /** Floats of all panels. */
  int floats() {
    return points * (inputStride + gradientStride);
  }

  /** Floats of scratch memory of one thread that transforms. */
  int scratchFloats() {
    return Math.max(inputs.scratchFloats(), gradients.scratchFloats());
  }

  /**
   * Transforms some tiles of one vector of channels.
   *
   * @param block which vector, of {@link #blocks}
   * @param tile the first of the tiles
   * @param place where it stands in the panels
   * @param some tiles
   * @param at where the panels begin in {@code s}
   * @param free scratch memory
   */
  void transform(
      long[] x, long[] g, int block, int tile, int place, int some, float[] s, int at, int free) {
    if (block < inputBlocks) {
      int to = at + (block * chunk + place) * LANES;
      inputs.transform(x[0], block, tile, some, s, free, to, inputStride, LANES);
      return;
    }
    int vector = block - inputBlocks;
    int map = vector / outputBlocks;
    int to =
        at
            + points * inputStride
            + (vector / 2 * chunk + place) * Tile.COLUMNS
            + vector % 2 * LANES;
    if (map < maps) {
      gradients.transform(
          g[map], vector % outputBlocks, tile, some, s, free, to, gradientStride, Tile.COLUMNS);
      return;
    }
    for (int p = 0; p < points; p++) {
      for (int t = 0; t < some; t++) {
        int from = to + p * gradientStride + t * Tile.COLUMNS;
        Arrays.fill(s, from, from + LANES, 0f);
      }
    }
  }

  /**
   * Multiplies over the tiles, at one point, for a vector of channels and a panel of filters.
   *
   * @param count tiles
   * @param at where the panels begin
   * @param sums receives LANES × COLUMNS sums
   * @param add whether to add to what is there
   */
  void multiply(
      int point, int panel, int block, int count, float[] s, int at, int sums, boolean add) {
    int left = at + point * inputStride + block * chunk * LANES;
    int right = at + points * inputStride + point * gradientStride + panel * chunk * Tile.COLUMNS;
    for (int row = 0; row < LANES; row += Tile.ROWS) {
      int to = sums + row * Tile.COLUMNS;
      TileKernels.stepped(count, s, left + row, LANES, right, to, Tile.COLUMNS, add);
    }
  }
}
