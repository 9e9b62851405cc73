package org.quadralib.vector.conv;

/**
 * Hands the sums of a block of pixels to an {@link Epilogue}, in runs that lie together in memory.
 */
final class OutputPlanes {
  private final TapProblem problem;
  private final PixelBlocks blocks;

  OutputPlanes(TapProblem problem, PixelBlocks blocks) {
    this.problem = problem;
    this.blocks = blocks;
  }

  /** As {@link TapKernel#runPixels}, if the sums of a row's pixels take {@code rowStride}. */
  int runPixels(int rowStride) {
    boolean whole =
        blocks.columnsPerBlock() == problem.planeWidth()
            && rowStride == problem.planeWidth()
            && problem.stepY() == 1;
    return whole ? blocks.rowsPerBlock() * problem.planeWidth() : 0;
  }

  /**
   * Stores one output channel of a block.
   *
   * @param channel output channel, counted over all groups
   * @param at where the sums of the first map begin: images, rows and columns in order
   * @param mapStride floats between the sums of two maps
   * @param rowStride floats between the sums of two rows of pixels
   */
  void store(
      Epilogue epilogue,
      int block,
      int channel,
      float[] sums,
      int at,
      int mapStride,
      int rowStride) {
    int rows = blocks.rowsOf(block);
    int columns = blocks.columnsOf(block);
    boolean whole = rowStride == columns && columns == problem.planeWidth() && problem.stepY() == 1;
    int runs = whole ? 1 : rows;
    int count = whole ? rows * columns : columns;
    int y = problem.firstY() + blocks.firstRow(block) * problem.stepY();
    int x = problem.firstX() + blocks.firstColumn(block) * problem.stepX();
    for (int i = 0; i < blocks.imagesOf(block); i++) {
      long plane =
          (long) (blocks.firstImage(block) + i) * problem.groups() * problem.outputChannels()
              + channel;
      long position = (plane * problem.planeHeight() + y) * problem.planeWidth() + x;
      for (int p = 0; p < runs; p++) {
        epilogue.store(
            sums, at + p * rowStride, mapStride, channel, count, position, problem.stepX());
        position += (long) problem.stepY() * problem.planeWidth();
      }
      at += rows * rowStride;
    }
  }
}
