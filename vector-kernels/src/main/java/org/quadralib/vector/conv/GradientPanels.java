package org.quadralib.vector.conv;

import org.quadralib.vector.gemm.Memory;
import org.quadralib.vector.gemm.Tile;
import org.quadralib.vector.gemm.Transpose;

/**
 * Transposes output gradients of blocks of pixels into panels {@code [pixel][GRADIENT_COLUMNS]},
 * whose lanes are the filters of all maps.
 */
final class GradientPanels {

  /** Filters that are transposed together; divides {@link Tile#GRADIENT_COLUMNS}. */
  private static final int STAGED = Tile.LANES;

  private final ConvShape shape;
  private final RowBlocks filters;
  private final PixelBlocks pixels;

  GradientPanels(ConvShape shape, RowBlocks filters, PixelBlocks pixels) {
    this.shape = shape;
    this.filters = filters;
    this.pixels = pixels;
  }

  /** Floats for the panels of a block, and for the copies they are made from. */
  int floats() {
    int columns = Tile.roundUp(filters.mostRows(), Tile.GRADIENT_COLUMNS);
    return pixels.pixelsPerBlock() * (columns + STAGED);
  }

  /** Transposes one block of filters for one block of pixels. */
  void pack(long[] gradients, int block, int group, int filterBlock, float[] scratch, int to) {
    int perMap = filters.channelsOf(filterBlock);
    int rows = filters.rowsOf(filterBlock);
    int first = group * shape.filtersPerGroup() + filters.firstChannel(filterBlock);
    int count = pixels.pixelsOf(block);
    int staging = to + count * Tile.roundUp(filters.mostRows(), Tile.GRADIENT_COLUMNS);
    for (int r = 0; r < rows; r += STAGED) {
      int staged = Math.min(STAGED, rows - r);
      for (int i = 0; i < staged; i++) {
        int filter = first + (r + i) % perMap;
        stage(block, gradients[(r + i) / perMap], filter, scratch, staging + i * count);
      }
      int lane = r % Tile.GRADIENT_COLUMNS;
      int at = to + (r - lane) * count + lane;
      Transpose.apply(scratch, staging, count, at, Tile.GRADIENT_COLUMNS, staged, count);
    }
  }

  /** Reads what one filter has in a block of pixels. */
  private void stage(int block, long gradient, int filter, float[] scratch, int at) {
    int rows = pixels.rowsOf(block);
    int columns = pixels.columnsOf(block);
    boolean whole = columns == pixels.columns;
    int runs = whole ? 1 : rows;
    int count = whole ? rows * columns : columns;
    long start = (long) pixels.firstRow(block) * pixels.columns + pixels.firstColumn(block);
    for (int i = 0; i < pixels.imagesOf(block); i++) {
      long plane = (long) (pixels.firstImage(block) + i) * shape.filters() + filter;
      long address = gradient + 4 * (plane * pixels.rows * pixels.columns + start);
      for (int p = 0; p < runs; p++) {
        Memory.read(address, scratch, at, count);
        address += 4L * pixels.columns;
        at += count;
      }
    }
  }
}
