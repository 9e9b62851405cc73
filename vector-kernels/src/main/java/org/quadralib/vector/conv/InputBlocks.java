package org.quadralib.vector.conv;

import jdk.incubator.vector.FloatVector;
import org.quadralib.vector.gemm.Tile;

/**
 * Padded heap copies of what blocks of pixels read, {@link #channels} planes of each image at a
 * time, and the tables with which to read them.
 */
final class InputBlocks {
  private final TapProblem problem;
  private final PaddedBlock padded;
  private final int[] pixelBase;
  private final int imageStride;

  /** The division of the pixels. */
  final PixelBlocks pixels;

  /** Most planes of an image that are copied at a time. */
  final int channels;

  /** Offset of each tap in each plane; see {@link PaddedBlock#index}. */
  final int[] index;

  /** Floats of a copy. */
  final int floats;

  InputBlocks(TapProblem problem, PixelBlocks pixels, int channels) {
    this.problem = problem;
    this.pixels = pixels;
    this.channels = channels;
    padded =
        new PaddedBlock(
            problem.taps(),
            problem.height(),
            problem.width(),
            pixels.rowsPerBlock(),
            pixels.columnsPerBlock());
    index = index(problem.taps());
    imageStride = channels * padded.planeStride;
    floats = pixels.imagesPerBlock() * imageStride;
    pixelBase = pixelBases();
  }

  /** Offset of each of some taps of the problem in each plane; see {@link PaddedBlock#index}. */
  int[] index(Taps taps) {
    return padded.index(taps, channels);
  }

  private int[] pixelBases() {
    int[] base = new int[Tile.roundUp(pixels.pixelsPerBlock(), Tile.COLUMNS)];
    int i = 0;
    for (int image = 0; image < pixels.imagesPerBlock(); image++) {
      for (int row = 0; row < pixels.rowsPerBlock(); row++) {
        for (int column = 0; column < pixels.columnsPerBlock(); column++) {
          base[i++] = image * imageStride + padded.base(row, column);
        }
      }
    }
    return base;
  }

  /** Where the reads of each pixel of a block begin; images, rows and columns in order. */
  int[] pixelBase() {
    return pixelBase;
  }

  /** Output rows that a block may have for its copy of one image to stay within some floats. */
  static int mostRows(Taps taps, int columns, int channels, int floats) {
    int first = PaddedBlock.planeStride(taps, 1, columns);
    int next = PaddedBlock.planeStride(taps, 9, columns) - first;
    int spare = Math.max(0, floats / channels - first);
    return 1 + (int) (spare * 8L / Math.max(1, next));
  }

  /**
   * Copies some planes of each image of a block.
   *
   * @param input addresses of the input tensors
   * @param channel first plane, counted over all input tensors
   */
  void fill(
      long[] input, int block, int group, int channel, int channels, float[] scratch, int copy) {
    if (problem.taps().count() == 0) {
      return;
    }
    int perMap = problem.inputChannels();
    long planeBytes = 4L * problem.height() * problem.width();
    int end = channel + channels;
    for (int i = 0; i < pixels.imagesOf(block); i++) {
      long image = pixels.firstImage(block) + i;
      int at = copy + i * imageStride;
      for (int c = channel, next; c < end; c = next) {
        next = Math.min(end, (c / perMap + 1) * perMap);
        long plane = (image * problem.groups() + group) * perMap + c % perMap;
        padded.fill(
            scratch,
            at,
            input[c / perMap] + plane * planeBytes,
            next - c,
            pixels.firstRow(block),
            pixels.rowsOf(block),
            pixels.firstColumn(block));
        at += (next - c) * padded.planeStride;
      }
    }
  }

  /**
   * Where the reads of a vector of pixels begin, when rows are divided into vectors.
   *
   * @param perRow vectors in a row of the block
   * @param perImage vectors in an image of the block
   */
  int vectorBase(int vector, int perRow, int perImage) {
    int row = vector % perImage / perRow;
    int column = vector % perRow * Tile.LANES;
    return vector / perImage * imageStride + padded.base(row, column);
  }

  /** Unfolds a tile of pixels into a panel {@code [depth][COLUMNS]}. */
  void gather(int depth, int pixel, float[] scratch, int copy, int panel) {
    for (int k = 0; k < depth; k++) {
      int at = copy + index[k];
      FloatVector.fromArray(Tile.SPECIES, scratch, at, pixelBase, pixel).intoArray(scratch, panel);
      FloatVector.fromArray(Tile.SPECIES, scratch, at, pixelBase, pixel + Tile.LANES)
          .intoArray(scratch, panel + Tile.LANES);
      panel += Tile.COLUMNS;
    }
  }
}
