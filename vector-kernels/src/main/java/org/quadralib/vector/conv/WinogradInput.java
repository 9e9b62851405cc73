package org.quadralib.vector.conv;

import java.util.Arrays;
import org.quadralib.vector.gemm.Memory;
import org.quadralib.vector.gemm.Tile;
import org.quadralib.vector.gemm.Transpose;

/**
 * Cuts images into tiles and transforms them into the points of a Winograd algorithm, with one
 * channel in each lane.
 *
 * <p>The tiles are taken in bands: as many rows of tiles as lie together in an image. A band is
 * transposed, with the zeros around the image added, so that the lanes are channels; then columns
 * are transformed, a row of tiles at a time, and then rows, a tile at a time.
 */
final class WinogradInput {
  private static final int LANES = Tile.LANES;

  private final WinogradTransform transform;
  private final WinogradTiles tiles;
  private final WinogradTransform.Cut cut;
  private final int channels;
  private final int height;
  private final int width;
  private final int padTop;
  private final int padLeft;
  private final int overlap;
  private final int bandFloats;
  private final int rowStride;
  private final int planesFloats;

  private WinogradInput(
      WinogradTransform transform,
      WinogradTiles tiles,
      boolean gradient,
      int channels,
      int height,
      int width,
      int padTop,
      int padLeft,
      int mostTiles) {
    this.transform = transform;
    this.tiles = tiles;
    cut = gradient ? transform.cutGradient() : transform.cutInput();
    this.channels = channels;
    this.height = height;
    this.width = width;
    this.padTop = padTop;
    this.padLeft = padLeft;
    overlap = gradient ? 0 : 2;
    int edge = transform.edge();
    rowStride = (Math.min(mostTiles, tiles.perRow()) * edge + overlap) * LANES;
    int rowsOfTiles = Math.min(Math.ceilDiv(mostTiles, tiles.perRow()), tiles.perColumn());
    bandFloats = (rowsOfTiles * edge + overlap) * rowStride;
    planesFloats = bandFloats + LANES * LANES;
  }

  /** Tiles of what a convolution reads: they overlap, and lie {@code pad} off the image. */
  static WinogradInput ofInput(
      WinogradTransform transform,
      WinogradTiles tiles,
      int channels,
      int height,
      int width,
      int padTop,
      int padLeft,
      int mostTiles) {
    return new WinogradInput(
        transform, tiles, false, channels, height, width, padTop, padLeft, mostTiles);
  }

  /** Tiles of the gradient of a convolution's output, which do not overlap. */
  static WinogradInput ofOutputGradient(
      WinogradTransform transform, WinogradTiles tiles, int channels, int mostTiles) {
    return new WinogradInput(
        transform, tiles, true, channels, tiles.rows(), tiles.columns(), 0, 0, mostTiles);
  }

  /** Floats of scratch memory of one thread. */
  int scratchFloats() {
    return bandFloats + Math.max(transform.size() * rowStride, planesFloats);
  }

  /**
   * Transforms some tiles of as many channels as a vector has lanes.
   *
   * @param image address of the tensor {@code [batch, channels, height, width]}
   * @param block first channel, in vectors
   * @param first first tile
   * @param count tiles
   * @param scratch where scratch memory begins in {@code s}
   * @param to where the first point of the first tile goes
   * @param pointStride floats from point to point
   * @param tileStride floats from tile to tile
   */
  void transform(
      long image,
      int block,
      int first,
      int count,
      float[] s,
      int scratch,
      int to,
      int pointStride,
      int tileStride) {
    int end = first + count;
    int run;
    for (int tile = first; tile < end; tile += run) {
      run = tiles.band(tile, end);
      transformBand(image, block, tile, run, s, scratch, to, pointStride, tileStride);
      to += run * tileStride;
    }
  }

  private void transformBand(
      long image,
      int block,
      int tile,
      int count,
      float[] s,
      int band,
      int to,
      int pointStride,
      int tileStride) {
    int edge = transform.edge();
    int perRow = Math.min(count, tiles.perRow());
    int columns = perRow * edge + overlap;
    int rows = count / perRow * edge + overlap;
    read(image, block, tile, rows, columns, s, band);
    int half = band + bandFloats;
    for (int first = 0; first < count; first += perRow) {
      int from = band + first / perRow * edge * columns * LANES;
      int at = to + first * tileStride;
      cut.apply(s, from, columns, half, at, pointStride, tileStride, perRow);
    }
  }

  /** Transposes a window of the image; what lies outside of the image is zero. */
  private void read(long image, int block, int tile, int rows, int columns, float[] s, int to) {
    int top = tiles.row(tile) - padTop;
    int left = tiles.column(tile) - padLeft;
    int before = Math.clamp(-left, 0, columns);
    int inside = Math.clamp(width - left, before, columns) - before;
    int used = Math.min(LANES, channels - block * LANES);
    long channel = (long) tiles.image(tile) * channels + (long) block * LANES;
    long plane = 4L * height * width;
    int firstRow = Math.clamp(-top, 0, rows);
    int endRow = Math.clamp(height - top, firstRow, rows);
    if (used < LANES || inside < columns) {
      Arrays.fill(s, to, to + rows * columns * LANES, 0f);
    } else {
      Arrays.fill(s, to, to + firstRow * columns * LANES, 0f);
      Arrays.fill(s, to + endRow * columns * LANES, to + rows * columns * LANES, 0f);
    }
    if (inside > 0 && endRow > firstRow) {
      long from = image + channel * plane + 4 * ((long) (top + firstRow) * width + left + before);
      int planes = to + bandFloats;
      int stride = copyPlanes(from, plane, used, endRow - firstRow, inside, s, planes);
      for (int i = firstRow; i < endRow; i++) {
        int at = to + (i * columns + before) * LANES;
        Transpose.apply(s, planes + (i - firstRow) * inside, stride, at, LANES, used, inside);
      }
    }
  }

  /**
   * Copies the same window of several planes to the heap; returns the floats from one to the next.
   */
  private int copyPlanes(
      long from, long plane, int planes, int rows, int columns, float[] s, int to) {
    int stride = rows * columns | LANES;
    for (int l = 0; l < planes; l++) {
      int at = to + l * stride;
      long address = from + l * plane;
      if (columns == width) {
        Memory.read(address, s, at, rows * columns);
      } else {
        for (int i = 0; i < rows; i++) {
          Memory.read(address + 4L * i * width, s, at + i * columns, columns);
        }
      }
    }
    return stride;
  }
}
