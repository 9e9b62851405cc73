package org.quadralib.vector.conv;

import java.util.Arrays;
import org.quadralib.vector.gemm.Tile;
import org.quadralib.vector.gemm.TileKernels;
import org.quadralib.vector.gemm.WideTiles;

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
  private final int columns; // of a panel of filters
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
    columns = columns(shape, maps);
    panels = panels(shape, maps);
    // One vector more than needed, lest all points share a few cache sets.
    inputStride = inputBlocks * chunk * LANES + LANES;
    gradientStride = panels * chunk * columns + LANES;
  }

  /** Vectors of input channels. */
  static int inputBlocks(ConvShape shape) {
    return Math.ceilDiv(shape.channels(), LANES);
  }

  /**
   * Columns of a panel of filters: two vectors, or three where two would leave one empty. Three
   * gain little elsewhere, and the tile of two is that of matrix products: where it runs often,
   * those of a network's last layer, which are few, are compiled within its first steps.
   */
  static int columns(ConvShape shape, int maps) {
    int vectors = vectors(shape, maps);
    return vectors % 2 == 1 && WideTiles.suit(vectors) ? WideTiles.COLUMNS : Tile.COLUMNS;
  }

  /** Panels of filters of all maps. */
  static int panels(ConvShape shape, int maps) {
    return Math.ceilDiv(vectors(shape, maps) * LANES, columns(shape, maps));
  }

  private static int vectors(ConvShape shape, int maps) {
    return maps * Math.ceilDiv(shape.filters(), LANES);
  }

  /** Floats of a tile, transformed. */
  static int floatsPerTile(ConvShape shape, int maps, WinogradTransform transform) {
    int filters = panels(shape, maps) * columns(shape, maps);
    return transform.points() * (inputBlocks(shape) * LANES + filters);
  }

  /** Vectors of channels to transform: of x, and of all g, padded to whole panels. */
  int blocks() {
    return inputBlocks + panels * columns / LANES;
  }

  /** Those of them that are not there to fill up the last panel, which come last. */
  int usedBlocks() {
    return inputBlocks + maps * outputBlocks;
  }

  /** Floats of all panels. */
  int floats() {
    return points * (inputStride + gradientStride);
  }

  /** Floats of scratch memory of one thread. */
  int scratchFloats() {
    int transforming = Math.max(inputs.scratchFloats(), gradients.scratchFloats());
    return Math.max(transforming, Tile.ROWS * columns);
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
            + (vector * LANES / columns * chunk + place) * columns
            + vector * LANES % columns;
    if (map < maps) {
      gradients.transform(
          g[map], vector % outputBlocks, tile, some, s, free, to, gradientStride, columns);
      return;
    }
    for (int p = 0; p < points; p++) {
      for (int t = 0; t < some; t++) {
        int from = to + p * gradientStride + t * columns;
        Arrays.fill(s, from, from + LANES, 0f);
      }
    }
  }

  /**
   * Multiplies over the tiles, at one point, for a vector of channels and a panel of filters.
   *
   * @param count tiles
   * @param at where the panels begin
   * @param sums receives LANES × {@link #columns} sums
   * @param add whether to add to what is there: the sums of some tiles to those of others, which
   *     rounds less than going on with them one by one
   * @param part room for the sums of one tile of registers, at least {@link #scratchFloats}
   */
  void multiply(
      int point,
      int panel,
      int block,
      int count,
      float[] s,
      int at,
      int sums,
      boolean add,
      int part) {
    int left = at + point * inputStride + block * chunk * LANES;
    int right = at + points * inputStride + point * gradientStride + panel * chunk * columns;
    for (int row = 0; row < LANES; row += Tile.ROWS) {
      int to = sums + row * columns;
      multiplyTile(count, s, left + row, right, add ? part : to);
      if (add) {
        Tile.addTile(s, part, to, columns, columns);
      }
    }
  }

  private void multiplyTile(int count, float[] s, int left, int right, int to) {
    if (columns == WideTiles.COLUMNS) {
      WideTiles.stepped(count, s, left, LANES, right, to, columns);
    } else {
      TileKernels.stepped(count, s, left, LANES, right, to, columns, false);
    }
  }
}
