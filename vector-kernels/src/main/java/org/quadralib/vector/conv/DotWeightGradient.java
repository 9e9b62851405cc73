package org.quadralib.vector.conv;

import java.util.Arrays;
import org.quadralib.vector.gemm.DotTile;
import org.quadralib.vector.gemm.Memory;
import org.quadralib.vector.gemm.TallDotTile;
import org.quadralib.vector.gemm.Tile;
import org.quadralib.vector.parallel.ParallelTask;
import org.quadralib.vector.parallel.WorkerPool;

/**
 * Weight gradient of groups with few filters, depthwise convolutions above all: vectors run over
 * the pixels, and each weight's gradient is a dot product of a plane of g with a shifted plane of
 * x.
 *
 * <p>Sums stay vectors until the end, when their lanes are added in order: what a reduction of a
 * vector does is not the same in all compilers.
 */
final class DotWeightGradient implements WeightGradientKernel, ParallelTask {

  /** Pixels of a block: those of the filters of a tile should stay in the first cache. */
  private static final int MOST_PIXELS = 1024;

  /** Floats of the padded input of a block of pixels. */
  private static final int INPUT_FLOATS = 32 * 1024;

  /** Channels whose copies are read together. */
  private static final int CHANNELS = 32;

  /** Tasks there should be at least, and floats that the sums of slices may take to get there. */
  private static final int LEAST_TASKS = 32;

  private static final int SLICE_FLOATS = 512 * 1024;

  /** Filters that are multiplied at a time; with no more than those of a tile, its rows suffice. */
  private static final int MOST_ROWS = TallDotTile.fits() ? TallDotTile.ROWS : DotTile.EDGE;

  /** Filters of a task that reduces. */
  private static final int REDUCED_ROWS = 16;

  private final ConvShape shape;
  private final int taps;
  private final PixelBlocks pixels;
  private final InputBlocks inputs;
  private final int channelBlock;
  private final int channelBlocks;
  private final int vectorsPerRow;
  private final int[] vectorBase;
  private final int[] rowAt;
  private final int filterRows;
  private final int slices;
  private final int sumFloats;
  private final int inputFloats;
  private final int planeFloats;
  private final int workerFloats;

  // The run in progress.
  private long[] x = {};
  private long[] g = {};
  private long[] dw = {};
  private float[] scratch = {};
  private boolean reducing;

  DotWeightGradient(ConvShape shape, int maps) {
    this.shape = shape;
    TapProblem problem = TapProblem.forward(shape, maps);
    Taps reads = problem.taps();
    taps = reads.count();
    channelBlocks = Math.ceilDiv(shape.channelsPerGroup(), CHANNELS);
    channelBlock = Math.ceilDiv(shape.channelsPerGroup(), channelBlocks);
    filterRows = maps * shape.filtersPerGroup();
    int columns = Math.min(reads.columns(), MOST_PIXELS);
    int mostRows = InputBlocks.mostRows(reads, columns, channelBlock, INPUT_FLOATS);
    pixels =
        PixelBlocks.of(
            shape.batch(), reads.rows(), reads.columns(), MOST_PIXELS, mostRows, Tile.LANES, true);
    inputs = new InputBlocks(problem, pixels, channelBlock);
    vectorsPerRow = Math.ceilDiv(pixels.columnsPerBlock(), Tile.LANES);
    vectorBase = vectorBases();
    rowAt = Arrays.copyOf(inputs.index, Tile.roundUp(inputs.index.length, DotTile.EDGE));
    sumFloats = Tile.roundUp(filterRows, MOST_ROWS) * rowAt.length * Tile.LANES;
    long afforded = SLICE_FLOATS / ((long) parts() * sumFloats);
    int wanted = Math.min(pixels.imageBlocks(), Math.ceilDiv(LEAST_TASKS, parts()));
    slices = Math.clamp(afforded, 1, wanted);
    planeFloats = (vectorBase.length + 1) * Tile.LANES;
    inputFloats = Tile.roundUp(inputs.floats, Tile.LANES);
    workerFloats = inputFloats + MOST_ROWS * planeFloats + TallDotTile.FLOATS;
  }

  private int[] vectorBases() {
    int perImage = pixels.rowsPerBlock() * vectorsPerRow;
    int[] base = new int[pixels.imagesPerBlock() * perImage];
    Arrays.setAll(base, v -> inputs.vectorBase(v, vectorsPerRow, perImage));
    return base;
  }

  private int parts() {
    return shape.groups() * channelBlocks;
  }

  @Override
  public String algorithm() {
    return "dot products";
  }

  @Override
  public int scratchFloats(int threads) {
    return Tile.SCRATCH_START + slices * parts() * sumFloats + threads * workerFloats;
  }

  @Override
  public void run(WorkerPool pool, long[] x, long[] g, long[] dw, float[] scratch) {
    this.x = x;
    this.g = g;
    this.dw = dw;
    this.scratch = scratch;
    reducing = false;
    pool.parallelFor(slices * parts(), this);
    reducing = true;
    pool.parallelFor(parts() * rowBlocks(), this);
  }

  /** Tasks that share the sums of a part when they are reduced. */
  private int rowBlocks() {
    return Math.ceilDiv(filterRows, REDUCED_ROWS);
  }

  /** One task of the loop in progress; called by the pool. */
  @Override
  public void run(int task, int worker) {
    if (reducing) {
      reduce(task / rowBlocks(), task % rowBlocks() * REDUCED_ROWS);
    } else {
      int sums = Tile.SCRATCH_START + task * sumFloats;
      int copy = Tile.SCRATCH_START + slices * parts() * sumFloats + worker * workerFloats;
      sumSlice(task / parts(), task % parts(), sums, copy);
    }
  }

  private void sumSlice(int slice, int part, int sums, int copy) {
    int group = part / channelBlocks;
    int channel = part % channelBlocks * channelBlock;
    int channels = Math.min(channelBlock, shape.channelsPerGroup() - channel);
    int perImageBlock = pixels.blocksPerImageBlock();
    int from = (int) ((long) pixels.imageBlocks() * slice / slices) * perImageBlock;
    int to = (int) ((long) pixels.imageBlocks() * (slice + 1) / slices) * perImageBlock;
    int planes = copy + inputFloats;
    for (int block = from; block < to; block++) {
      inputs.fill(x, block, group, channel, channels, scratch, copy);
      for (int r = 0, rows; r < filterRows; r += rows) {
        rows = Math.min(MOST_ROWS, filterRows - r);
        for (int i = 0; i < rows; i++) {
          int filter = group * shape.filtersPerGroup() + (r + i) % shape.filtersPerGroup();
          long gradient = g[(r + i) / shape.filtersPerGroup()];
          stage(block, gradient, filter, planes + i * planeFloats);
        }
        multiply(block, r, rows, channels * taps, copy, planes, sums, block > from);
      }
    }
  }

  /**
   * Copies what one filter has in a block of pixels; each row is filled up with zeros to vectors.
   */
  private void stage(int block, long gradient, int filter, int to) {
    int columns = pixels.columnsOf(block);
    int stride = vectorsPerRow * Tile.LANES;
    // Rows that lie together are copied at once.
    boolean whole = columns == stride && columns == pixels.columns;
    int runs = whole ? 1 : pixels.rowsOf(block);
    int count = whole ? pixels.rowsOf(block) * columns : columns;
    for (int i = 0; i < pixels.imagesOf(block); i++) {
      long plane = (long) (pixels.firstImage(block) + i) * shape.filters() + filter;
      long place = plane * pixels.rows + pixels.firstRow(block);
      long address = gradient + 4 * (place * pixels.columns + pixels.firstColumn(block));
      for (int p = 0; p < runs; p++) {
        Memory.read(address, scratch, to, count);
        for (int q = columns; q < stride; q++) {
          scratch[to + q] = 0;
        }
        to += Math.max(count, stride);
        address += 4L * pixels.columns;
      }
    }
  }

  /** Adds the products of the filters of a tile with all shifted planes of x. */
  private void multiply(
      int block, int r, int rows, int depth, int copy, int planes, int sums, boolean add) {
    // Only a block of one image may have fewer rows than the others, so its vectors come first.
    int vectors = pixels.imagesOf(block) * pixels.rowsOf(block) * vectorsPerRow;
    int rowStride = rowAt.length * Tile.LANES;
    int at = sums + r * rowStride;
    if (rows > DotTile.EDGE) {
      multiplyTall(vectors, rows, depth, copy, planes, at, add);
      return;
    }
    int second = planes + Math.min(1, rows - 1) * planeFloats;
    int third = planes + Math.min(2, rows - 1) * planeFloats;
    for (int k = 0; k < depth; k += DotTile.EDGE) {
      DotTile.apply(
          vectors, scratch, planes, second, third, copy, rowAt, k, vectorBase, at, rowStride, add);
      at += DotTile.EDGE * Tile.LANES;
    }
  }

  /** The same for more filters; what lies where there would be others is multiplied in vain. */
  private void multiplyTall(
      int vectors, int rows, int depth, int copy, int planes, int at, boolean add) {
    int rowStride = rowAt.length * Tile.LANES;
    int width = DotTile.EDGE * Tile.LANES;
    int tile = planes + MOST_ROWS * planeFloats;
    for (int k = 0; k < depth; k += DotTile.EDGE) {
      int to = add ? tile : at;
      int stride = add ? width : rowStride;
      TallDotTile.apply(
          vectors, scratch, planes, planeFloats, copy, rowAt, k, vectorBase, to, stride);
      for (int i = 0; add && i < rows; i++) {
        Tile.add(scratch, tile + i * width, at + i * rowStride, width);
      }
      at += width;
    }
  }

  /** Adds slices and lanes in order and writes the weight gradients of some filters. */
  private void reduce(int part, int firstRow) {
    int group = part / channelBlocks;
    int channel = part % channelBlocks * channelBlock;
    int depth = Math.min(channelBlock, shape.channelsPerGroup() - channel) * taps;
    int end = Math.min(filterRows, firstRow + REDUCED_ROWS);
    for (int r = firstRow; r < end; r++) {
      int sums = Tile.SCRATCH_START + part * sumFloats + r * rowAt.length * Tile.LANES;
      for (int slice = 1; slice < slices; slice++) {
        Tile.add(scratch, sums + slice * parts() * sumFloats, sums, depth * Tile.LANES);
      }
      long filter = (long) group * shape.filtersPerGroup() + r % shape.filtersPerGroup();
      long place = (filter * shape.channelsPerGroup() + channel) * taps;
      long address = dw[r / shape.filtersPerGroup()] + 4 * place;
      for (int k = 0; k < depth; k++) {
        float sum = 0;
        for (int lane = 0; lane < Tile.LANES; lane++) {
          sum += scratch[sums + k * Tile.LANES + lane];
        }
        Memory.set(address + 4L * k, sum);
      }
    }
  }
}
