package org.quadralib.vector.conv;

import org.quadralib.vector.gemm.Tile;
import org.quadralib.vector.gemm.TileKernels;

/**
 * One of the problems that a {@link DirectConvolution} computes from the same copy of the input.
 */
final class DirectPhase {
  private final WeightPanels panels;
  private final int[] index;

  /** Taps of the problem. */
  final int taps;

  /**
   * Plans a problem.
   *
   * @param reads the problem's taps, with the paddings of the copy
   */
  DirectPhase(TapProblem problem, Taps reads, InputBlocks inputs, RowBlocks rows) {
    panels = new WeightPanels(problem, rows);
    index = inputs.index(reads);
    taps = reads.count();
  }

  /** Packs the weights of a block of output channels; see {@link WeightPanels#packBlock}. */
  void pack(long[] weights, int group, int block, int channel, int channels, float[] to, int at) {
    panels.packBlock(weights, group, block, channel, channels, to, at);
  }

  /**
   * Computes the sums of two vectors of pixels.
   *
   * @param first where the reads of the first vector begin
   * @param second where those of the other begin
   * @param at where the sums of the first output channel begin
   */
  void multiply(
      int channels,
      int usedRows,
      float[] s,
      int weightsAt,
      int first,
      int second,
      int at,
      int sumStride,
      boolean add) {
    int depth = channels * taps;
    int left = weightsAt;
    for (int i = 0; i < usedRows; i += Tile.ROWS) {
      TileKernels.indexed(depth, s, left, first, second, index, at, sumStride, add);
      left += Tile.ROWS * depth;
      at += Tile.ROWS * sumStride;
    }
  }
}
