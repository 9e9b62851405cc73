package org.quadralib.vector.conv;

import static org.quadralib.vector.gemm.Tile.LANES;
import static org.quadralib.vector.gemm.Tile.SPECIES;

import jdk.incubator.vector.FloatVector;
import org.quadralib.vector.gemm.Memory;

/**
 * Mean and biased variance of each channel of the maps of a Winograd convolution. Each row of tiles
 * is looked at when its pixels have been computed, are in the first-level cache and have one
 * channel in each lane: for its mean, then for the squares of the distances from it. Rows are
 * combined as Chan, Golub and LeVeque (1983) do, in their order, whichever threads computed them.
 */
final class WinogradStatistics {
  /** Floats of scratch memory beyond which statistics are taken another way. */
  private static final long MOST_FLOATS = 4 << 20;

  private final WinogradTiles tiles;
  private final int maps;
  private final int channels;
  private final int vectors;
  private final int rows;
  private final int pixels;

  WinogradStatistics(WinogradTiles tiles, int maps, int channels) {
    this.tiles = tiles;
    this.maps = maps;
    this.channels = channels;
    vectors = Math.ceilDiv(channels, LANES) * maps;
    rows = tiles.batch() * tiles.perColumn();
    pixels = tiles.perRow() * tiles.edge() * tiles.edge();
  }

  /**
   * Whether tiles fill the planes, blocks of so many consist of whole rows, and the scratch memory
   * stays small: it grows with the batch, and lies on the heap.
   */
  static boolean suits(WinogradTiles tiles, int maps, int channels, int blockTiles) {
    long vectors = Math.ceilDiv(channels, LANES) * (long) maps;
    return 2L * tiles.batch() * tiles.perColumn() * vectors * LANES <= MOST_FLOATS
        && tiles.rows() % tiles.edge() == 0
        && tiles.columns() % tiles.edge() == 0
        && blockTiles % tiles.perRow() == 0;
  }

  /** Floats of scratch memory that all threads share. */
  int floats() {
    return 2 * rows * vectors * LANES;
  }

  /** Vectors of channels of all maps; those of one block of channels together. */
  int vectors() {
    return vectors;
  }

  /**
   * Looks at a row of tiles.
   *
   * @param own where the shared memory begins in {@code s}
   * @param from where the pixels begin, a vector each
   * @param tile first tile of the row
   * @param vector which vector of channels
   */
  void take(float[] s, int own, int from, int tile, int vector) {
    int to = own + 2 * LANES * (tile / tiles.perRow() * vectors + vector);
    FloatVector a = FloatVector.zero(SPECIES);
    FloatVector b = a;
    FloatVector c = a;
    FloatVector d = a;
    int end = from + pixels * LANES;
    for (int at = from; at < end; at += 4 * LANES) {
      a = a.add(FloatVector.fromArray(SPECIES, s, at));
      b = b.add(FloatVector.fromArray(SPECIES, s, at + LANES));
      c = c.add(FloatVector.fromArray(SPECIES, s, at + 2 * LANES));
      d = d.add(FloatVector.fromArray(SPECIES, s, at + 3 * LANES));
    }
    FloatVector mean = a.add(b).add(c.add(d)).mul(1f / pixels);
    mean.intoArray(s, to);
    squares(s, from, end, mean).intoArray(s, to + LANES);
  }

  private static FloatVector squares(float[] s, int from, int end, FloatVector mean) {
    FloatVector a = FloatVector.zero(SPECIES);
    FloatVector b = a;
    for (int at = from; at < end; at += 2 * LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, s, at).sub(mean);
      FloatVector w = FloatVector.fromArray(SPECIES, s, at + LANES).sub(mean);
      a = v.fma(v, a);
      b = w.fma(w, b);
    }
    return a.add(b);
  }

  /**
   * Combines the rows for one vector of channels.
   *
   * @param means addresses of the means of each map
   * @param variances addresses of the variances of each map
   */
  void combine(float[] s, int own, int vector, long[] means, long[] variances) {
    int map = vector % maps;
    int first = vector / maps * LANES;
    int step = 2 * LANES * vectors;
    for (int l = 0; l < LANES && first + l < channels; l++) {
      int start = own + 2 * LANES * vector + l;
      double sum = 0;
      for (int row = 0, at = start; row < rows; row++, at += step) {
        sum += s[at];
      }
      double mean = sum / rows;
      double distances = 0;
      for (int row = 0, at = start; row < rows; row++, at += step) {
        double shift = s[at] - mean;
        distances += s[at + LANES] + pixels * shift * shift;
      }
      long channel = 4L * (first + l);
      Memory.set(means[map] + channel, (float) mean);
      Memory.set(variances[map] + channel, (float) (distances / ((double) rows * pixels)));
    }
  }
}
