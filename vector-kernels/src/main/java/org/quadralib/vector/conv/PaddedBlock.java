package org.quadralib.vector.conv;

import jdk.incubator.vector.FloatVector;
import org.quadralib.vector.gemm.Memory;
import org.quadralib.vector.gemm.Tile;

/**
 * A zero-padded copy on the heap of the part of some input planes that a block of outputs reads.
 *
 * <p>In the copy, what tap t of output (p, q) of the block reads lies at {@code base(p, q) +
 * index[t]} with a base that is the same for all taps: a convolution reads the copy through an
 * index table and needs no unfolding. When the column stride is more than one, the columns of each
 * row are parted by their remainder, so that neighbouring outputs still read neighbouring floats.
 * Rows and columns that no output reads have no place in it.
 */
final class PaddedBlock {
  private static final FloatVector ZERO = FloatVector.zero(Tile.SPECIES);

  /** Floats of a cache line, or of a vector if that is longer. Planes are a multiple of it. */
  private static final int PIECE = Math.max(16, Tile.LANES);

  private final Taps taps;
  private final int height;
  private final int width;
  private final int phaseWidth;
  private final int maxY;
  private final ReadPositions readRows;
  private final ReadPositions readColumns;

  final int rowStride;
  final int planeStride;

  /**
   * Lays out the copy.
   *
   * @param height rows of an input plane
   * @param width columns of an input plane
   * @param blockRows most output rows of a block
   * @param blockColumns most output columns of a block
   */
  PaddedBlock(Taps taps, int height, int width, int blockRows, int blockColumns) {
    this.taps = taps;
    this.height = height;
    this.width = width;
    readRows = new ReadPositions(taps.strideY(), taps.y());
    readColumns = new ReadPositions(taps.strideX(), taps.x());
    maxY = taps.maxY();
    phaseWidth = phaseWidth(taps, blockColumns);
    rowStride = readColumns.used() * phaseWidth;
    planeStride = planeStride(taps, blockRows, blockColumns);
  }

  private static int phaseWidth(Taps taps, int blockColumns) {
    return Tile.roundUp(blockColumns, Tile.LANES) + taps.maxX() / taps.strideX();
  }

  /** Floats of one plane of the copy. */
  static int planeStride(Taps taps, int blockRows, int blockColumns) {
    int columns = new ReadPositions(taps.strideX(), taps.x()).used();
    int rowStride = columns * phaseWidth(taps, blockColumns);
    int lastRow = (blockRows - 1) * taps.strideY() + taps.maxY();
    int rows = new ReadPositions(taps.strideY(), taps.y()).place(lastRow) + 1;
    int floats = rows * rowStride;
    // Slack for a vector of zeros. An odd number of cache lines: planes a power of two apart would
    // share a few cache sets.
    return Tile.roundUp(floats + Tile.LANES, PIECE) | PIECE;
  }

  /**
   * Offset of each of some taps in each of {@code planes} planes.
   *
   * @param taps those of the copy or some of them, with its paddings
   */
  int[] index(Taps taps, int planes) {
    int[] index = new int[planes * taps.count()];
    int k = 0;
    for (int c = 0; c < planes; c++) {
      for (int t = 0; t < taps.count(); t++) {
        int x = taps.x()[t];
        index[k++] =
            c * planeStride
                + readRows.place(taps.y()[t]) * rowStride
                + readColumns.rank(x % taps.strideX()) * phaseWidth
                + x / taps.strideX();
      }
    }
    return index;
  }

  /** Where the reads of an output begin; row and column count from those of the block. */
  int base(int row, int column) {
    return row * readRows.used() * rowStride + column;
  }

  /**
   * Copies what some planes give to a block of outputs.
   *
   * @param to receives one plane each {@link #planeStride} floats, from {@code at}
   * @param plane address of the first input plane; the others follow it
   * @param planes number of planes
   * @param firstRow first output row of the block
   * @param rows output rows of the block
   * @param firstColumn first output column of the block
   */
  void fill(float[] to, int at, long plane, int planes, int firstRow, int rows, int firstColumn) {
    int stride = taps.strideX();
    int column = firstColumn * stride - taps.padLeft();
    if (stride == 2 && readColumns.isAll()) {
      int first = Math.max(0, -column);
      int end = Math.min(width - column, 2 * phaseWidth);
      if (StridedRead.parts((end - first) / 2)) {
        long source = plane + 4L * (column + first);
        for (int c = 0; c < planes; c++) {
          long address = source + 4L * c * height * width;
          fillPairs(to, at + c * planeStride, address, firstRow, rows, first, end);
        }
        return;
      }
    }
    for (int f = 0; f < stride; f++) {
      if (readColumns.isRead(f)) {
        int from = Math.clamp(Math.ceilDiv(-column - f, stride), 0, phaseWidth);
        int end = Math.clamp(Math.ceilDiv(width - column - f, stride), from, phaseWidth);
        long source = plane + 4L * (column + f + (long) from * stride);
        for (int c = 0; c < planes; c++) {
          int start = at + c * planeStride + readColumns.rank(f) * phaseWidth;
          fillPlane(to, start, source + 4L * c * height * width, firstRow, rows, from, end);
        }
      }
    }
  }

  /**
   * Copies one plane whose columns are parted in two, both parts at once, into zeros.
   *
   * @param source address of the first column that is copied, in row 0
   * @param first what comes first of the columns that are copied
   * @param end what comes behind the last
   */
  private void fillPairs(
      float[] to, int at, long source, int firstRow, int rows, int first, int end) {
    for (int i = 0; i < planeStride; i += PIECE) {
      zeros(to, at + i);
    }
    int inputRow = firstRow * taps.strideY() - taps.padTop();
    int copied = (rows - 1) * taps.strideY() + maxY + 1;
    int last = Math.clamp(height - inputRow, 0, copied);
    int pairs = (end - first) / 2;
    for (int r = Math.max(0, -inputRow); r < last; r++) {
      if (readRows.isRead(r)) {
        int start = at + readRows.place(r) * rowStride;
        int even = start + place(first);
        long row = source + 4L * (inputRow + r) * width;
        StridedRead.part(row, pairs, to, even, start + place(first + 1));
        if (first + 2 * pairs < end) {
          to[even + pairs] = Memory.get(row + 8L * pairs);
        }
      }
    }
  }

  /** Place of a column in a row whose columns are parted in two. */
  private int place(int column) {
    return column % 2 * phaseWidth + column / 2;
  }

  /** Clears {@link #PIECE} floats, of which vectors are a divisor. */
  private static void zeros(float[] to, int at) {
    for (int i = 0; i < PIECE; i += Tile.LANES) {
      ZERO.intoArray(to, at + i);
    }
  }

  /**
   * Copies the columns of one phase of one plane; zeros before {@code from} and from {@code end}.
   */
  private void fillPlane(
      float[] to, int at, long source, int firstRow, int rows, int from, int end) {
    int strideY = taps.strideY();
    int inputRow = firstRow * strideY - taps.padTop();
    int copied = (rows - 1) * strideY + maxY + 1;
    int first = Math.clamp(-inputRow, 0, copied);
    int last = Math.clamp(height - inputRow, first, copied);
    if (taps.strideX() == 1 && readRows.isAll()) {
      copyRows(to, at, source + 4L * (inputRow + first) * width, first, last, copied, from, end);
      return;
    }
    for (int r = 0; r < copied; r++) {
      if (!readRows.isRead(r)) {
        continue;
      }
      int start = at + readRows.place(r) * rowStride;
      if (r < first || r >= last) {
        clear(to, start, phaseWidth);
      } else {
        clear(to, start, from);
        long row = source + 4L * (inputRow + r) * width;
        StridedRead.copy(row, taps.strideX(), to, start + from, end - from);
        clear(to, start + end, phaseWidth - end);
      }
    }
  }

  /**
   * Copies rows {@code first} to {@code last} of {@code copied}, whose columns are not parted: runs
   * of values with zeros between them, from the end of one row to the beginning of the next.
   */
  private void copyRows(
      float[] to, int at, long source, int first, int last, int copied, int from, int end) {
    int run = end - from;
    if (run == 0 || first == last) {
      clear(to, at, copied * rowStride);
      return;
    }
    int gap = rowStride - run;
    int position = at + first * rowStride + from;
    clear(to, at, position - at);
    Memory.read(source, to, position, run);
    for (int r = first + 1; r < last; r++) {
      if (gap <= Tile.LANES) {
        // May reach into the next row, which is copied after it.
        ZERO.intoArray(to, position + run);
      } else {
        clear(to, position + run, gap);
      }
      position += rowStride;
      source += 4L * width;
      Memory.read(source, to, position, run);
    }
    position += run;
    clear(to, position, at + copied * rowStride - position);
  }

  private static void clear(float[] to, int at, int count) {
    for (int i = 0; i < count; i++) {
      to[at + i] = 0;
    }
  }
}
