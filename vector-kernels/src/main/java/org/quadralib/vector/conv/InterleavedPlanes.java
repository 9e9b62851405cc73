package org.quadralib.vector.conv;

import java.util.Arrays;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;
import org.quadralib.vector.gemm.Tile;

/**
 * Puts the phases of an input gradient together, so that the epilogue gets whole rows of its
 * pixels, and where a block holds whole rows, all of them in one run.
 */
final class InterleavedPlanes {
  private static final VectorShuffle<Float> LOW = VectorShuffle.makeZip(Tile.SPECIES, 0);
  private static final VectorShuffle<Float> HIGH = VectorShuffle.makeZip(Tile.SPECIES, 1);

  private final TapProblem problem; // one of the phases
  private final PixelBlocks blocks;
  private final int stepX;
  private final int stepY;
  private final int[] phaseAt; // which phase has the pixels of a remainder; −1 for none

  /**
   * Plans the order of the phases.
   *
   * @param blocks division of the pixels of the largest phase
   */
  InterleavedPlanes(List<TapProblem> phases, PixelBlocks blocks) {
    problem = phases.getFirst();
    this.blocks = blocks;
    stepX = problem.stepX();
    stepY = problem.stepY();
    phaseAt = new int[stepY * stepX];
    Arrays.fill(phaseAt, -1);
    for (int i = 0; i < phases.size(); i++) {
      phaseAt[phases.get(i).firstY() * stepX + phases.get(i).firstX()] = i;
    }
  }

  /** Floats that the pixels of a block's image are put together in. */
  int floats() {
    int width = Tile.roundUp(blocks.columnsPerBlock(), Tile.LANES) * stepX;
    return blocks.rowsPerBlock() * stepY * width + 2 * Tile.LANES;
  }

  /**
   * Stores one output channel of a block.
   *
   * @param channel output channel, counted over all groups
   * @param at where the sums of the first phase begin: images, rows and columns in order
   * @param phaseStride floats between the sums of two phases
   * @param rowStride floats between the sums of two rows of pixels, whole vectors
   * @param free where {@link #floats} begin that may be overwritten
   */
  void store(
      Epilogue epilogue,
      int block,
      int channel,
      float[] sums,
      int at,
      int phaseStride,
      int rowStride,
      int free) {
    int y = blocks.firstRow(block) * stepY;
    int x = blocks.firstColumn(block) * stepX;
    int rows = Math.min(blocks.rowsOf(block) * stepY, problem.planeHeight() - y);
    int columns = Math.min(blocks.columnsOf(block) * stepX, problem.planeWidth() - x);
    boolean whole = columns == problem.planeWidth();
    for (int i = 0; i < blocks.imagesOf(block); i++) {
      long plane =
          (long) (blocks.firstImage(block) + i) * problem.groups() * problem.outputChannels()
              + channel;
      long position = (plane * problem.planeHeight() + y) * problem.planeWidth() + x;
      for (int row = 0; row < rows; row++) {
        int to = free + row * columns;
        joinRow(row % stepY, sums, at + row / stepY * rowStride, phaseStride, rowStride, to);
        if (!whole) {
          epilogue.store(sums, to, 0, channel, columns, position, 1);
          position += problem.planeWidth();
        }
      }
      if (whole) {
        epilogue.store(sums, free, 0, channel, rows * columns, position, 1);
      }
      at += blocks.rowsOf(block) * rowStride;
    }
  }

  /** Joins the rows of the phases that make one row of pixels; may write more than the row has. */
  private void joinRow(int remainder, float[] s, int at, int phaseStride, int count, int to) {
    if (stepX == 2) {
      int even = at + phaseAt[2 * remainder] * phaseStride;
      int odd = at + Math.max(0, phaseAt[2 * remainder + 1]) * phaseStride;
      for (int i = 0; i < count; i += Tile.LANES) {
        FloatVector left = FloatVector.fromArray(Tile.SPECIES, s, even + i);
        FloatVector right = FloatVector.fromArray(Tile.SPECIES, s, odd + i);
        left.rearrange(LOW, right).intoArray(s, to + 2 * i);
        left.rearrange(HIGH, right).intoArray(s, to + 2 * i + Tile.LANES);
      }
      return;
    }
    for (int f = 0; f < stepX; f++) {
      int phase = phaseAt[remainder * stepX + f];
      for (int i = 0; phase >= 0 && i < count; i++) {
        s[to + i * stepX + f] = s[at + phase * phaseStride + i];
      }
    }
  }
}
