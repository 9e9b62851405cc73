package org.quadralib.vector.conv;

import org.quadralib.vector.gemm.Tile;

/**
 * Division of the channels of several tensors into blocks. The rows of a block are some channels of
 * the first tensor, then the same channels of the second, and so on: what is computed together is
 * what one quadratic neuron needs together.
 */
final class RowBlocks {
  private final int maps;
  private final int channels;
  private final int blockChannels;
  private final int count;

  /**
   * Divides channels.
   *
   * @param maps number of tensors
   * @param channels channels of each
   * @param mostRows rows that a block should have at most
   */
  RowBlocks(int maps, int channels, int mostRows) {
    this(maps, channels, mostRows, 1);
  }

  /**
   * Divides channels.
   *
   * @param maps number of tensors
   * @param channels channels of each
   * @param mostRows rows that a block should have at most
   * @param unit divisor of the channels of all blocks but the last
   */
  RowBlocks(int maps, int channels, int mostRows, int unit) {
    this.maps = maps;
    this.channels = channels;
    int wanted = Math.ceilDiv(channels, Math.max(1, mostRows / maps));
    blockChannels = Math.min(channels, Tile.roundUp(Math.ceilDiv(channels, wanted), unit));
    count = Math.ceilDiv(channels, blockChannels);
  }

  /** Number of blocks. */
  int count() {
    return count;
  }

  /** Rows of the largest block. */
  int mostRows() {
    return maps * blockChannels;
  }

  /** First channel of a block. */
  int firstChannel(int block) {
    return block * blockChannels;
  }

  /** Channels of a block. */
  int channelsOf(int block) {
    return Math.clamp(channels - block * blockChannels, 0, blockChannels);
  }

  /** Rows of a block: its channels in all tensors. */
  int rowsOf(int block) {
    return maps * channelsOf(block);
  }
}
