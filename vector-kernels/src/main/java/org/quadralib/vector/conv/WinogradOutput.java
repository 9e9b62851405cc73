package org.quadralib.vector.conv;

import org.jspecify.annotations.Nullable;
import org.quadralib.vector.gemm.Tile;
import org.quadralib.vector.gemm.Transpose;

/**
 * Transforms the products at the points of a Winograd algorithm into pixels, and hands them to an
 * {@link Epilogue} channel by channel. Statistics are taken in between.
 */
final class WinogradOutput {
  private static final int LANES = Tile.LANES;

  private final WinogradTransform transform;
  private final WinogradTiles tiles;
  private final int maps;
  private final int channels;
  private final int pixels;
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
    // Not a power of two, whose multiples would share a few cache sets.
    channelStride = pixels | LANES;
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
    int byPixel = scratch + transform.size() * transform.edge() * LANES;
    MapJoin join = statistics == null ? epilogue.join() : null;
    int end = first + count;
    int run;
    for (int tile = first; tile < end; tile += run) {
      run = tiles.run(tile, end);
      if (join == null) {
        storeMaps(epilogue, s, from, pointStride, tileStride, tile, run, block, scratch, byPixel);
      } else {
        storeJoined(join, s, from, pointStride, tileStride, tile, run, block, scratch, byPixel);
      }
      from += run * tileStride;
    }
  }

  private void storeMaps(
      Epilogue epilogue,
      float[] s,
      int from,
      int pointStride,
      int tileStride,
      int tile,
      int run,
      int block,
      int half,
      int byPixel) {
    int byChannel = byPixel + pixels * LANES;
    int mapStride = LANES * channelStride;
    for (int map = 0; map < maps; map++) {
      int at = from + map * LANES;
      transform.join().apply(s, at, pointStride, tileStride, half, byPixel, run);
      if (statistics != null) {
        statistics.take(s, Tile.SCRATCH_START, byPixel, tile, block * maps + map);
      }
      int to = byChannel + map * mapStride;
      Transpose.apply(s, byPixel, LANES, to, channelStride, pixelsOf(run), LANES);
    }
    handOver(epilogue, s, byChannel, mapStride, tile, run, block);
  }

  private void storeJoined(
      MapJoin join,
      float[] s,
      int from,
      int pointStride,
      int tileStride,
      int tile,
      int run,
      int block,
      int half,
      int byPixel) {
    int byChannel = byPixel + maps * pixels * LANES;
    for (int map = 0; map < maps; map++) {
      int at = from + map * LANES;
      int to = byPixel + map * pixels * LANES;
      transform.join().apply(s, at, pointStride, tileStride, half, to, run);
    }
    join.join(s, byPixel, pixels * LANES, pixelsOf(run), block * LANES);
    Transpose.apply(s, byPixel, LANES, byChannel, channelStride, pixelsOf(run), LANES);
    handOver(join.rest(), s, byChannel, 0, tile, run, block);
  }

  private int pixelsOf(int run) {
    return run * transform.edge() * transform.edge();
  }

  private void handOver(
      Epilogue epilogue, float[] s, int from, int mapStride, int tile, int run, int block) {
    int edge = transform.edge();
    int y = tiles.row(tile);
    int x = tiles.column(tile);
    int rows = Math.min(edge, tiles.rows() - y);
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
