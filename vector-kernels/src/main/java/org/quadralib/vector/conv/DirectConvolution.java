package org.quadralib.vector.conv;

import org.quadralib.vector.gemm.Tile;
import org.quadralib.vector.gemm.TileKernels;
import org.quadralib.vector.parallel.ParallelTask;
import org.quadralib.vector.parallel.WorkerPool;

/**
 * Computes a {@link TapProblem} whose rows are long enough to be divided into vectors.
 *
 * <p>A task takes a block of pixels and one of output channels. For each block of input channels it
 * copies the input, padded, to the heap; the register tiles then read the copy through a table of
 * tap offsets, so nothing is unfolded and each input value is copied once rather than once per tap.
 * Sums build up in a heap block of output channels × pixels, which goes to the epilogue when it is
 * complete.
 */
final class DirectConvolution implements TapKernel, ParallelTask {

  /** Depth (channels × taps) summed at a time: what a tile reads should stay in the L1 cache. */
  private static final int DEPTH_BLOCK = 512;

  /** Output channels of a task, over all maps. */
  private static final int ROW_BLOCK = 192;

  /** Floats of a task's sums, and of its padded input; both should stay in the L2 cache. */
  private static final int SUM_FLOATS = 64 * 1024;

  private static final int INPUT_FLOATS = 48 * 1024;

  /** Up to this many floats the weights are packed once, beyond it by each task anew. */
  private static final int PACKED_FLOATS = 1024 * 1024;

  /** Tasks there should be at least, so that threads end together. */
  private static final int LEAST_TASKS = 32;

  private final TapProblem problem;
  private final int taps;
  private final RowBlocks rows;
  private final WeightPanels panels;
  private final boolean packOnce;
  private final int channelBlock;
  private final PixelBlocks pixels;
  private final InputBlocks inputs;
  private final OutputPlanes planes;
  private final int tileRows;
  private final int sumStride;

  // Floats of the parts of scratch memory.
  private final int packedFloats;
  private final int sumFloats;
  private final int workerFloats;

  // The run in progress.
  private long[] input = {};
  private long[] weights = {};
  private Epilogue epilogue = (sums, at, mapStride, channel, count, position, step) -> {};
  private float[] scratch = {};
  private boolean packing;

  DirectConvolution(TapProblem problem) {
    this.problem = problem;
    taps = problem.taps().count();
    int channels = problem.depthChannels();
    int perBlock = Math.max(1, DEPTH_BLOCK / Math.max(1, taps));
    channelBlock = Math.ceilDiv(channels, Math.ceilDiv(channels, perBlock));
    rows = new RowBlocks(problem.outputMaps(), problem.outputChannels(), ROW_BLOCK);
    panels = new WeightPanels(problem, rows);
    tileRows = Tile.roundUp(rows.mostRows(), Tile.ROWS);
    long allWeights = (long) problem.groups() * rows.count() * tileRows * channels * taps;
    packOnce = allWeights <= PACKED_FLOATS;
    pixels = pixelBlocks();
    inputs = new InputBlocks(problem, pixels, channelBlock);
    planes = new OutputPlanes(problem, pixels);

    int rowsOfPixels = pixels.imagesPerBlock() * pixels.rowsPerBlock();
    int tilePixels =
        Tile.roundUp(
            rowsOfPixels * Tile.roundUp(pixels.columnsPerBlock(), Tile.LANES), Tile.COLUMNS);
    // Not a power of two, whose multiples would share a few cache sets.
    sumStride = tilePixels | 16;
    packedFloats = packOnce ? (int) allWeights : 0;
    sumFloats = tileRows * sumStride;
    workerFloats = sumFloats + inputs.floats + (packOnce ? 0 : tileRows * channelBlock * taps);
  }

  private PixelBlocks pixelBlocks() {
    Taps reads = problem.taps();
    long all = (long) problem.batch() * reads.rows() * reads.columns();
    long perTask = all * problem.groups() * rows.count() / LEAST_TASKS;
    int most = Math.clamp(SUM_FLOATS / tileRows, 4 * Tile.COLUMNS, 1024);
    most = Math.clamp(perTask, 4 * Tile.COLUMNS, most);
    int columns = Math.min(reads.columns(), most);
    int mostRows = InputBlocks.mostRows(reads, columns, channelBlock, INPUT_FLOATS);
    return PixelBlocks.of(
        problem.batch(), reads.rows(), reads.columns(), most, mostRows, Tile.COLUMNS, true);
  }

  @Override
  public String algorithm() {
    return "direct";
  }

  @Override
  public int scratchFloats(int threads) {
    return packedFloats + threads * workerFloats;
  }

  @Override
  public void run(
      WorkerPool pool, long[] input, long[] weights, Epilogue epilogue, float[] scratch) {
    this.input = input;
    this.weights = weights;
    this.epilogue = epilogue;
    this.scratch = scratch;
    int parts = problem.groups() * rows.count();
    if (packOnce) {
      packing = true;
      pool.parallelFor(parts, this);
    }
    packing = false;
    pool.parallelFor(pixels.count() * parts, this);
  }

  /** One task of the loop in progress; called by the pool. */
  @Override
  public void run(int task, int worker) {
    if (packing) {
      packAll(task);
    } else {
      int parts = problem.groups() * rows.count();
      compute(task / parts, task % parts, packedFloats + worker * workerFloats);
    }
  }

  /** Packs the weights of one block of output channels, for all blocks of input channels. */
  private void packAll(int part) {
    for (int c = 0; c < problem.depthChannels(); c += channelBlock) {
      int channels = Math.min(channelBlock, problem.depthChannels() - c);
      panels.packBlock(
          weights,
          part / rows.count(),
          part % rows.count(),
          c,
          channels,
          scratch,
          packedAt(part, c));
    }
  }

  private int packedAt(int part, int channel) {
    return (part * problem.depthChannels() + channel) * taps * tileRows;
  }

  private void compute(int block, int part, int sums) {
    int group = part / rows.count();
    int rowBlock = part % rows.count();
    int copy = sums + sumFloats;
    for (int c = 0; c < problem.depthChannels(); c += channelBlock) {
      int channels = Math.min(channelBlock, problem.depthChannels() - c);
      int weightsAt = packOnce ? packedAt(part, c) : copy + inputs.floats;
      if (!packOnce) {
        panels.packBlock(weights, group, rowBlock, c, channels, scratch, weightsAt);
      }
      inputs.fill(input, block, group, c, channels, scratch, copy);
      multiply(block, rows.rowsOf(rowBlock), channels * taps, weightsAt, copy, sums, c > 0);
    }
    store(block, group, rowBlock, sums);
  }

  private void multiply(
      int block, int usedRows, int depth, int weightsAt, int copy, int sums, boolean add) {
    int perRow = Math.ceilDiv(pixels.columnsOf(block), Tile.LANES);
    int perImage = pixels.rowsOf(block) * perRow;
    int vectors = pixels.imagesOf(block) * perImage;
    int[] index = inputs.index;
    for (int v = 0; v < vectors; v += 2) {
      int first = copy + inputs.vectorBase(v, perRow, perImage);
      int second = copy + inputs.vectorBase(Math.min(v + 1, vectors - 1), perRow, perImage);
      int left = weightsAt;
      int at = sums + v * Tile.LANES;
      for (int i = 0; i < usedRows; i += Tile.ROWS) {
        TileKernels.indexed(depth, scratch, left, first, second, index, at, sumStride, add);
        left += Tile.ROWS * depth;
        at += Tile.ROWS * sumStride;
      }
    }
  }

  private void store(int block, int group, int rowBlock, int sums) {
    int perMap = rows.channelsOf(rowBlock);
    int first = group * problem.outputChannels() + rows.firstChannel(rowBlock);
    int rowStride = Tile.roundUp(pixels.columnsOf(block), Tile.LANES);
    for (int c = 0; c < perMap; c++) {
      planes.store(
          epilogue, block, first + c, scratch, sums + c * sumStride, perMap * sumStride, rowStride);
    }
  }
}
