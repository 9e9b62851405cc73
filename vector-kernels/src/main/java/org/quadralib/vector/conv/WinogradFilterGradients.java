package org.quadralib.vector.conv;

import org.quadralib.vector.gemm.Memory;
import org.quadralib.vector.gemm.Tile;

/** Transforms the sums of a Winograd weight gradient into gradients of 3 × 3 taps. */
final class WinogradFilterGradients {
  private static final int LANES = Tile.LANES;

  private final ConvShape shape;
  private final int maps;
  private final WinogradTransform transform;
  private final int outputBlocks;

  WinogradFilterGradients(ConvShape shape, int maps, WinogradTransform transform) {
    this.shape = shape;
    this.maps = maps;
    this.transform = transform;
    outputBlocks = Math.ceilDiv(shape.filters(), LANES);
  }

  /** Floats of scratch memory of one thread. */
  int scratchFloats() {
    return (3 * transform.size() + 9) * LANES;
  }

  /**
   * Stores the gradients of a vector of channels and a panel of filters.
   *
   * @param sums where the LANES × COLUMNS sums at the first point are
   * @param sumStride floats from point to point
   */
  void store(int panel, int block, float[] s, int sums, int sumStride, long[] dw, int free) {
    storeVector(2 * panel, block, s, sums, sumStride, dw, free);
    storeVector(2 * panel + 1, block, s, sums + LANES, sumStride, dw, free);
  }

  /** The same for one vector of filters. */
  private void storeVector(
      int vector, int block, float[] s, int sums, int sumStride, long[] dw, int free) {
    int map = vector / outputBlocks;
    if (map >= maps) {
      return;
    }
    int size = transform.size();
    int half = free;
    int taps = free + 3 * size * LANES;
    int filter = vector % outputBlocks * LANES;
    int filters = Math.min(LANES, shape.filters() - filter);
    int channels = Math.min(LANES, shape.channels() - block * LANES);
    WinogradTransform.Line line = transform.filterGradient();
    for (int c = 0; c < channels; c++) {
      int channel = block * LANES + c;
      int from = sums + c * Tile.COLUMNS;
      WinogradTransform.apply(
          line, s, from, sumStride, size * sumStride, half, LANES, 3 * LANES, size);
      WinogradTransform.apply(line, s, half, 3 * LANES, LANES, taps, 3 * LANES, LANES, 3);
      for (int l = 0; l < filters; l++) {
        long address = dw[map] + 4L * 9 * ((filter + l) * (long) shape.channels() + channel);
        for (int t = 0; t < 9; t++) {
          Memory.set(address + 4L * t, s[taps + t * LANES + l]);
        }
      }
    }
  }
}
