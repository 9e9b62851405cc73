package org.quadralib.vector.conv;

import org.jspecify.annotations.Nullable;
import org.quadralib.vector.gemm.Tile;
import org.quadralib.vector.gemm.Transpose;

/**
 * Transforms the products at the points of a Winograd algorithm into pixels, and hands them to an
 * {@link Epilogue} channel by channel, several rows of tiles at a time. Statistics are taken in
 * between.
 */
final class WinogradOutput {
  private static final int LANES = Tile.LANES;

  /**
   * Floats of all maps that are handed over at a time, if that is more than a row of tiles: in the
   * second-level cache. The longer the runs, the better memory takes them: a plane's rows lie
   * together, but far from those of the next channel.
   */
  private static final int BAND_FLOATS = 50 << 10;

  private final WinogradTransform transform;
  private final WinogradTiles tiles;
  private final int maps;
  private final int channels;
  private final int pixels; // of a row of tiles
  private final int bandRows; // rows of tiles that are handed over at a time
  private final int channelStride;
  private final @Nullable WinogradStatistics statistics;

  WinogradOutput(
      WinogradTransform transform,
      WinogradTiles tiles,
      int maps,
      int channels,
      int mostTiles,
      @Nullable WinogradStatistics statistics) {
    this.statistics = statistics;
    this.transform = transform;
    this.tiles = tiles;
    this.maps = maps;
    this.channels = channels;
    int edge = transform.edge();
    pixels = Math.min(mostTiles, tiles.perRow()) * edge * edge;
    int rows = Math.min(Math.max(1, mostTiles / tiles.perRow()), tiles.perColumn());
    bandRows = Math.clamp(BAND_FLOATS / (maps * LANES * pixels), 1, rows);
    // Not a power of two, whose multiples would share a few cache sets.
    channelStride = bandRows * pixels | LANES;
  }

  /** Floats of scratch memory of one thread. */
  int scratchFloats() {
    return transform.size() * transform.edge() * LANES
        + pixels * LANES
        + maps * LANES * channelStride;
  }

  /**
   * Transforms some tiles of as many channels as a vector has lanes.
   *
   * @param from where the first point of the first tile of the first map is; other maps follow,
   *     vector by vector
   * @param pointStride floats from point to point
   * @param tileStride floats from tile to tile
   * @param first first tile
   * @param count tiles
   * @param block first channel, in vectors
   * @param scratch where scratch memory begins in {@code s}
   */
  void store(
      Epilogue epilogue,
      float[] s,
      int from,
      int pointStride,
      int tileStride,
      int first,
      int count,
      int block,
      int scratch) {
    MapJoin join = statistics == null ? epilogue.join() : null;
    Epilogue last = join == null ? epilogue : join.rest();
    int byPixel = scratch + transform.size() * transform.edge() * LANES;
    int byChannel = byPixel + (join == null ? 1 : maps) * pixels * LANES;
    int mapStride = LANES * channelStride;
    int end = first + count;
    int band;
    for (int tile = first; tile < end; tile += band) {
      band = Math.min(tiles.band(tile, end), bandRows * tiles.perRow());
      int run = Math.min(band, tiles.perRow());
      for (int row = 0; row < band; row += run) {
        int at = from + row * tileStride;
        int to = byChannel + row * transform.edge() * transform.edge();
        if (join == null) {
          rowOfMaps(s, at, pointStride, tileStride, tile + row, run, block, scratch, byPixel, to);
        } else {
          joinedRow(join, s, at, pointStride, tileStride, run, block, scratch, byPixel, to);
        }
      }
      handOver(last, s, byChannel, mapStride, tile, band, block);
      from += band * tileStride;
    }
  }

  /** Pixels of a row of tiles, by channel, of all maps. */
  private void rowOfMaps(
      float[] s,
      int from,
      int pointStride,
      int tileStride,
      int tile,
      int run,
      int block,
      int half,
      int byPixel,
      int to) {
    for (int map = 0; map < maps; map++) {
      int at = from + map * LANES;
      transform.join().apply(s, at, pointStride, tileStride, half, byPixel, run);
      if (statistics != null) {
        statistics.take(s, Tile.SCRATCH_START, byPixel, tile, block * maps + map);
      }
      Transpose.apply(s, byPixel, LANES, to, channelStride, pixelsOf(run), LANES);
      to += LANES * channelStride;
    }
  }

  /** Pixels of a row of tiles, by channel, of all maps joined to one. */
  private void joinedRow(
      MapJoin join,
      float[] s,
      int from,
      int pointStride,
      int tileStride,
      int run,
      int block,
      int half,
      int byPixel,
      int to) {
    for (int map = 0; map < maps; map++) {
      int at = from + map * LANES;
      int pixelsAt = byPixel + map * pixels * LANES;
      transform.join().apply(s, at, pointStride, tileStride, half, pixelsAt, run);
    }
    join.join(s, byPixel, pixels * LANES, pixelsOf(run), block * LANES);
    Transpose.apply(s, byPixel, LANES, to, channelStride, pixelsOf(run), LANES);
  }

  private int pixelsOf(int run) {
    return run * transform.edge() * transform.edge();
  }

  private void handOver(
      Epilogue epilogue, float[] s, int from, int mapStride, int tile, int band, int block) {
    int edge = transform.edge();
    int run = Math.min(band, tiles.perRow());
    int y = tiles.row(tile);
    int x = tiles.column(tile);
    int rows = Math.min(band / run * edge, tiles.rows() - y);
    int columns = Math.min(run * edge, tiles.columns() - x);
    boolean whole = columns == run * edge && columns == tiles.columns();
    int runs = whole ? 1 : rows;
    int length = whole ? rows * columns : columns;
    int used = Math.min(LANES, channels - block * LANES);
    for (int l = 0; l < used; l++) {
      int channel = block * LANES + l;
      long plane = (long) tiles.image(tile) * channels + channel;
      long position = (plane * tiles.rows() + y) * tiles.columns() + x;
      int at = from + l * channelStride;
      for (int i = 0; i < runs; i++) {
        epilogue.store(s, at, mapStride, channel, length, position, 1);
        at += run * edge;
        position += tiles.columns();
      }
    }
  }
}
