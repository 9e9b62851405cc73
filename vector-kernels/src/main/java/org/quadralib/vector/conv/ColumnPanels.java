package org.quadralib.vector.conv;

import java.util.Arrays;
import org.quadralib.vector.gemm.Memory;
import org.quadralib.vector.gemm.Tile;
import org.quadralib.vector.gemm.Transpose;

/**
 * Packs the weights of a {@link TapProblem} of one group into panels of {@link Tile#COLUMNS} output
 * channels: {@code [input channels × kernel positions][COLUMNS]}. The vectors of channels of all
 * maps follow one another, those of one channel together.
 */
final class ColumnPanels {
  private static final int LANES = Tile.LANES;
  private static final int COLUMNS = Tile.COLUMNS;

  /** Kernel positions that are transposed at a time. */
  private static final int PIECE = 16 * LANES;

  /** Input channels whose weights are read at a time. */
  private static final int AT_ONCE = 16;

  private final TapProblem problem;
  private final int kernel;

  ColumnPanels(TapProblem problem) {
    this.problem = problem;
    kernel = problem.kernelSize();
  }

  /** Vectors of channels computed together; if it can be, so that their maps fill whole panels. */
  static int blocksTogether(int blocks, int maps, int floats) {
    int together = Math.clamp(floats / (LANES * maps), 1, blocks);
    return together * maps % 2 == 1 && together < blocks ? together + 1 : together;
  }

  /** Rows of a panel. */
  int depth() {
    return problem.depthChannels() * kernel;
  }

  /** Floats of scratch memory of one thread. */
  int scratchFloats() {
    return LANES * Math.max(PIECE | LANES, AT_ONCE * kernel);
  }

  /**
   * Packs one panel.
   *
   * @param firstBlock first vector of output channels of those computed together
   * @param blocks how many are computed together
   * @param panel which panel of theirs
   * @param free where scratch memory begins in {@code s}
   */
  void pack(long[] weights, int firstBlock, int blocks, int panel, float[] s, int to, int free) {
    for (int half = 0; half < 2; half++) {
      int vector = 2 * panel + half;
      int block = firstBlock + vector / problem.outputMaps();
      int used = Math.min(LANES, problem.outputChannels() - block * LANES);
      int at = to + half * LANES;
      if (used < LANES || vector >= blocks * problem.outputMaps()) {
        for (int row = 0; row < depth(); row++) {
          Arrays.fill(s, at + row * COLUMNS, at + row * COLUMNS + LANES, 0f);
        }
      }
      if (used > 0 && vector < blocks * problem.outputMaps()) {
        packVector(weights, vector % problem.outputMaps(), block, used, s, at, free);
      }
    }
  }

  private void packVector(
      long[] weights, int outputMap, int block, int used, float[] s, int to, int free) {
    int channels = problem.inputChannels();
    for (int map = 0; map < problem.inputMaps(); map++) {
      long from = weights[outputMap + map] + 4L * block * LANES * problem.rowStride();
      if (problem.channelStride() == kernel) {
        packRows(from, used, channels * kernel, s, to, free);
      } else {
        packNeighbours(from, used, s, to, free);
      }
      to += channels * kernel * COLUMNS;
    }
  }

  /** Transposes rows of weights, each of which is in one piece. */
  private void packRows(long from, int used, int columns, float[] s, int to, int free) {
    int stride = PIECE | LANES;
    for (int column = 0; column < columns; column += PIECE) {
      int piece = Math.min(PIECE, columns - column);
      for (int l = 0; l < used; l++) {
        long row = from + 4L * l * problem.rowStride();
        Memory.read(row + 4L * column, s, free + l * stride, piece);
      }
      Transpose.apply(s, free, stride, to + column * COLUMNS, COLUMNS, used, piece);
    }
  }

  /**
   * Transposes weights whose output channels lie next to one another, those of each input channel
   * far from the next. Several are read before they are transposed: so the processor waits for
   * several at once.
   */
  private void packNeighbours(long from, int used, float[] s, int to, int free) {
    int channels = problem.inputChannels();
    int stride = LANES * kernel;
    for (int first = 0; first < channels; first += AT_ONCE) {
      int end = Math.min(channels, first + AT_ONCE);
      for (int c = first; c < end; c++) {
        long address = from + 4L * c * problem.channelStride();
        Memory.read(address, s, free + (c - first) * stride, used * kernel);
      }
      for (int c = first; c < end; c++) {
        int at = to + c * kernel * COLUMNS;
        Transpose.apply(s, free + (c - first) * stride, kernel, at, COLUMNS, used, kernel);
      }
    }
  }
}
