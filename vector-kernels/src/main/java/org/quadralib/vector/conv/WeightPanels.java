package org.quadralib.vector.conv;

import java.util.Arrays;
import org.quadralib.vector.gemm.Memory;
import org.quadralib.vector.gemm.Tile;

/** Packs the weights of a {@link TapProblem} into panels of {@link Tile#ROWS} output channels. */
final class WeightPanels {
  private final TapProblem problem;
  private final RowBlocks rows;

  WeightPanels(TapProblem problem, RowBlocks rows) {
    this.problem = problem;
    this.rows = rows;
  }

  /**
   * Packs the panels of a block for some input channels, one after the other, each {@code [channels
   * × taps][ROWS]}.
   *
   * @param weights addresses of the weight maps
   * @param channel first input channel, counted over all input tensors
   */
  void packBlock(
      long[] weights, int group, int block, int channel, int channels, float[] to, int at) {
    int depth = channels * problem.taps().count();
    int used = Math.ceilDiv(rows.rowsOf(block), Tile.ROWS);
    for (int panel = 0; panel < used; panel++) {
      packPanel(
          weights, group, block, panel, channel, channels, to, at + panel * Tile.ROWS * depth);
    }
  }

  /** Packs one panel of a block. */
  void packPanel(
      long[] weights,
      int group,
      int block,
      int panel,
      int channel,
      int channels,
      float[] to,
      int at) {
    int perMap = rows.channelsOf(block);
    int first = panel * Tile.ROWS;
    int last = Math.min(first + Tile.ROWS, rows.rowsOf(block)) - 1;
    long base = (long) group * problem.groupStride();
    if (last - first == Tile.ROWS - 1 && first / perMap == last / perMap) {
      long row = rows.firstChannel(block) + first % perMap;
      long offset = 4 * (base + row * problem.rowStride());
      packRows(weights, first / perMap, offset, channel, channels, to, at);
      return;
    }
    int depth = channels * problem.taps().count();
    Arrays.fill(to, at, at + Tile.ROWS * depth, 0f);
    for (int i = 0; i <= last - first; i++) {
      long row = rows.firstChannel(block) + (first + i) % perMap;
      long offset = 4 * (base + row * problem.rowStride());
      packRow(weights, (first + i) / perMap, offset, channel, channels, to, at + i);
    }
  }

  /** Packs the rows of a panel when they lie one row stride apart. */
  private void packRows(
      long[] weights, int outputMap, long offset, int channel, int channels, float[] to, int at) {
    int[] tap = problem.taps().weight();
    long rowBytes = 4L * problem.rowStride();
    for (int c = channel; c < channel + channels; c++) {
      long kernel = kernel(weights, outputMap, c) + offset;
      for (int t = 0; t < tap.length; t++) {
        long address = kernel + 4L * tap[t];
        for (int i = 0; i < Tile.ROWS; i++) {
          to[at + i] = Memory.get(address + i * rowBytes);
        }
        at += Tile.ROWS;
      }
    }
  }

  private void packRow(
      long[] weights, int outputMap, long offset, int channel, int channels, float[] to, int at) {
    int[] tap = problem.taps().weight();
    for (int c = channel; c < channel + channels; c++) {
      long kernel = kernel(weights, outputMap, c) + offset;
      for (int t = 0; t < tap.length; t++) {
        to[at] = Memory.get(kernel + 4L * tap[t]);
        at += Tile.ROWS;
      }
    }
  }

  /** Address of the first kernel of input channel {@code c}, counted over all input tensors. */
  private long kernel(long[] weights, int outputMap, int c) {
    int inputMap = c / problem.inputChannels();
    long place = (long) (c % problem.inputChannels()) * problem.channelStride();
    return weights[outputMap + inputMap] + 4 * place;
  }
}
