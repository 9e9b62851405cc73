package org.quadralib.vector.conv;

import org.quadralib.vector.gemm.Memory;
import org.quadralib.vector.gemm.Tile;
import org.quadralib.vector.gemm.Transpose;

/** Transforms the sums of a Winograd weight gradient into gradients of 3 × 3 taps. */
final class WinogradFilterGradients {
  private static final int LANES = Tile.LANES;

  private final ConvShape shape;
  private final int maps;
  private final WinogradTransform transform;
  private final int outputBlocks;
  private final int columns; // of a panel of filters

  WinogradFilterGradients(ConvShape shape, int maps, WinogradTransform transform) {
    this.shape = shape;
    this.maps = maps;
    this.transform = transform;
    outputBlocks = Math.ceilDiv(shape.filters(), LANES);
    columns = WinogradGradientPanels.columns(shape, maps);
  }

  /** Floats of scratch memory of one thread. */
  int scratchFloats() {
    return (3 * transform.size() + 9) * LANES * LANES + LANES * rowStride();
  }

  /** Floats from one filter to the next before they are written. */
  private static int rowStride() {
    return 9 * LANES + LANES;
  }

  /**
   * Stores the gradients of a vector of channels and a panel of filters.
   *
   * @param sums where the LANES × columns sums at the first point are
   * @param sumStride floats from point to point
   */
  void store(int panel, int block, float[] s, int sums, int sumStride, long[] dw, int free) {
    int vectors = columns / LANES;
    for (int i = 0; i < vectors; i++) {
      storeVector(panel * vectors + i, block, s, sums + i * LANES, sumStride, dw, free);
    }
  }

  /** The same for one vector of filters. Lines run over all channels at once: calls are dear. */
  private void storeVector(
      int vector, int block, float[] s, int sums, int sumStride, long[] dw, int free) {
    int map = vector / outputBlocks;
    if (map >= maps) {
      return;
    }
    int size = transform.size();
    int plane = LANES * LANES; // one value of all channels and filters
    int half = free;
    int taps = half + 3 * size * plane;
    int rows = taps + 9 * plane;
    int filter = vector % outputBlocks * LANES;
    int filters = Math.min(LANES, shape.filters() - filter);
    int channels = Math.min(LANES, shape.channels() - block * LANES);
    WinogradTransform.Line line = transform.filterGradient();
    for (int i = 0; i < size; i++) {
      int from = sums + i * size * sumStride;
      int to = half + i * plane;
      WinogradTransform.apply(line, s, from, sumStride, columns, to, size * plane, LANES, channels);
    }
    for (int j = 0; j < 3; j++) {
      int from = half + j * size * plane;
      int to = taps + j * LANES;
      WinogradTransform.apply(line, s, from, plane, LANES, to, 3 * LANES, 9 * LANES, channels);
    }
    Transpose.apply(s, taps, LANES, rows, rowStride(), 9 * channels, filters);
    for (int l = 0; l < filters; l++) {
      long first = (filter + l) * (long) shape.channels() + block * LANES;
      Memory.write(s, rows + l * rowStride(), 9 * channels, 0f, dw[map] + 4 * 9 * first);
    }
  }
}
