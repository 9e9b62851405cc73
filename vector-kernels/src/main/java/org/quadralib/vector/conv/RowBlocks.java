package org.quadralib.vector.conv;

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
    this.maps = maps;
    this.channels = channels;
    count = Math.ceilDiv(channels, Math.max(1, mostRows / maps));
    blockChannels = Math.ceilDiv(channels, count);
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
