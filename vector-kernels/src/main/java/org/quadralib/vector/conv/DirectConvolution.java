package org.quadralib.vector.conv;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.quadralib.vector.gemm.Tile;
import org.quadralib.vector.parallel.ParallelTask;
import org.quadralib.vector.parallel.WorkerPool;

/**
 * Computes one or several {@link TapProblem}s with the same input, whose rows are long enough to be
 * divided into vectors.
 *
 * <p>A task takes a block of pixels and one of output channels. For each block of input channels it
 * copies the input, padded, to the heap; the register tiles then read the copy through a table of
 * tap offsets, so nothing is unfolded and each input value is copied once rather than once per tap.
 * Sums build up in a heap block of output channels × pixels, which goes to the epilogue when it is
 * complete. Several problems are the phases of an input gradient with strides: they read the same
 * copy, and their sums are put together before they are stored.
 */
final class DirectConvolution implements TapKernel, ParallelTask {

  /** Depth (channels × taps) summed at a time: what a tile reads should stay in the L1 cache. */
  private static final int DEPTH_BLOCK = 512;

  /** Output channels of a task, over all maps. */
  private static final int ROW_BLOCK = 192;

  /** Floats of a task's sums, and of its padded input; both should stay in the L2 cache. */
  private static final int SUM_FLOATS = 64 * 1024;

  /**
   * Depth up to which storing the sums takes as long as computing them. They are then stored a few
   * output channels at a time, from planes as large as can be: long runs miss fewer pages.
   */
  private static final int SHALLOW = 64;

  private static final int SHALLOW_TILES = 4;

  private static final int INPUT_FLOATS = 48 * 1024;

  /** Up to this many floats the weights are packed once, beyond it by each task anew. */
  private static final int PACKED_FLOATS = 1024 * 1024;

  /** Tasks there should be at least, so that threads end together. */
  private static final int LEAST_TASKS = 32;

  private final TapProblem problem; // the only one, or the first with the taps of all
  private final RowBlocks rows;
  private final int rowTasks; // among which the output channels of a block of pixels are divided
  private final boolean packOnce;
  private final int channelBlock;
  private final PixelBlocks pixels;
  private final InputBlocks inputs;
  private final DirectPhase[] phases;
  private final OutputPlanes planes;
  private final @Nullable InterleavedPlanes interleaved;
  private final int allTaps;
  private final int tileRows;
  private final int sumStride;
  private final int phaseStride; // from the sums of one phase to those of the next

  // Floats of the parts of scratch memory.
  private final int packedFloats;
  private final int sumFloats;
  private final int inputFloats;
  private final int freeFloats;
  private final int workerFloats;

  // The run in progress.
  private long[] input = {};
  private long[] weights = {};
  private Epilogue epilogue = (sums, at, mapStride, channel, count, position, step) -> {};
  private float[] scratch = {};
  private boolean packing;

  /** Plans a problem, or the phases of an input gradient. */
  DirectConvolution(List<TapProblem> problems) {
    List<Taps> reads = problems.stream().map(TapProblem::taps).toList();
    Taps all = problems.size() == 1 ? reads.getFirst() : Taps.union(reads);
    problem = problems.getFirst().withTaps(all);
    allTaps = reads.stream().mapToInt(Taps::count).sum();
    int channels = problem.depthChannels();
    int mostTaps = reads.stream().mapToInt(Taps::count).max().orElseThrow();
    int perBlock = Math.max(1, DEPTH_BLOCK / Math.max(1, mostTaps));
    channelBlock = Math.ceilDiv(channels, Math.ceilDiv(channels, perBlock));
    boolean shallow = channels * mostTaps <= SHALLOW;
    int rowBlock = shallow ? shallowRows(problem.outputMaps()) : ROW_BLOCK;
    int unit = shallow ? Tile.ROWS : 1;
    rows = new RowBlocks(problem.outputMaps(), problem.outputChannels(), rowBlock, unit);
    tileRows = Tile.roundUp(rows.mostRows(), Tile.ROWS);
    long allWeights = (long) problem.groups() * rows.count() * tileRows * channels * allTaps;
    packOnce = allWeights <= PACKED_FLOATS;
    pixels = pixelBlocks(problems.size());
    int pixelTasks = problem.groups() * pixels.count();
    rowTasks =
        shallow ? Math.min(rows.count(), Math.ceilDiv(LEAST_TASKS, pixelTasks)) : rows.count();
    inputs = new InputBlocks(problem, pixels, channelBlock);
    planes = new OutputPlanes(problem, pixels);
    interleaved = problems.size() == 1 ? null : new InterleavedPlanes(problems, pixels);
    phases =
        problems.stream()
            .map(p -> new DirectPhase(p, padded(p.taps(), all), inputs, rows))
            .toArray(DirectPhase[]::new);

    int rowsOfPixels = pixels.imagesPerBlock() * pixels.rowsPerBlock();
    int tilePixels =
        Tile.roundUp(
            rowsOfPixels * Tile.roundUp(pixels.columnsPerBlock(), Tile.LANES), Tile.COLUMNS);
    // Not a power of two, whose multiples would share a few cache sets.
    sumStride = tilePixels | 16;
    phaseStride = tileRows * sumStride;
    packedFloats = packOnce ? Tile.roundUp((int) allWeights, Tile.LANES) : 0;
    sumFloats = phases.length * phaseStride;
    int free = interleaved == null ? 0 : interleaved.floats();
    int workerWeights = packOnce ? 0 : tileRows * channelBlock * allTaps;
    inputFloats = Tile.roundUp(inputs.floats, Tile.LANES);
    freeFloats = Tile.roundUp(Math.max(workerWeights, free), Tile.LANES);
    workerFloats = sumFloats + inputFloats + freeFloats;
  }

  /** Output channels, over all maps, that fill some tiles without a rest. */
  private static int shallowRows(int maps) {
    return maps * Math.max(1, SHALLOW_TILES / maps) * Tile.ROWS;
  }

  /** Taps that read nothing have no paddings of their own. */
  private static Taps padded(Taps taps, Taps all) {
    return taps.count() == 0 ? taps : taps.withPadding(all.padTop(), all.padLeft());
  }

  private PixelBlocks pixelBlocks(int phases) {
    Taps reads = problem.taps();
    long all = (long) problem.batch() * reads.rows() * reads.columns();
    long perTask = all * problem.groups() * rows.count() / LEAST_TASKS;
    int most = Math.clamp(SUM_FLOATS / (phases * tileRows), 4 * Tile.COLUMNS, 1024);
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
  public int runPixels() {
    return interleaved == null
        ? planes.runPixels(Tile.roundUp(pixels.columnsPerBlock(), Tile.LANES))
        : 0;
  }

  @Override
  public int scratchFloats(int threads) {
    return Tile.SCRATCH_START + packedFloats + threads * workerFloats;
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
    pool.parallelFor(pixels.count() * problem.groups() * rowTasks, this);
  }

  /** One task of the loop in progress; called by the pool. */
  @Override
  public void run(int task, int worker) {
    if (packing) {
      packAll(task);
    } else {
      int own = Tile.SCRATCH_START + packedFloats + worker * workerFloats;
      int rowTask = task % rowTasks;
      int group = task / rowTasks % problem.groups();
      int firstRows = rowTask * rows.count() / rowTasks;
      int endRows = (rowTask + 1) * rows.count() / rowTasks;
      compute(task / rowTasks / problem.groups(), group, firstRows, endRows, own);
    }
  }

  /** Packs the weights of one block of output channels, for all blocks of input channels. */
  private void packAll(int part) {
    for (int c = 0; c < problem.depthChannels(); c += channelBlock) {
      int channels = Math.min(channelBlock, problem.depthChannels() - c);
      pack(part / rows.count(), part % rows.count(), c, channels, packedAt(part, c));
    }
  }

  /** Packs the weights of all phases, one phase after the other. */
  private void pack(int group, int rowBlock, int channel, int channels, int to) {
    for (DirectPhase phase : phases) {
      phase.pack(weights, group, rowBlock, channel, channels, scratch, to);
      to += tileRows * channels * phase.taps;
    }
  }

  private int packedAt(int part, int channel) {
    return Tile.SCRATCH_START + (part * problem.depthChannels() + channel) * allTaps * tileRows;
  }

  /** Computes some blocks of output channels: one, unless the depth is one block. */
  private void compute(int block, int group, int firstRows, int endRows, int sums) {
    int copy = sums + sumFloats;
    for (int c = 0; c < problem.depthChannels(); c += channelBlock) {
      int channels = Math.min(channelBlock, problem.depthChannels() - c);
      inputs.fill(input, block, group, c, channels, scratch, copy);
      for (int rowBlock = firstRows; rowBlock < endRows; rowBlock++) {
        int part = group * rows.count() + rowBlock;
        int weightsAt = packOnce ? packedAt(part, c) : copy + inputFloats;
        if (!packOnce) {
          pack(group, rowBlock, c, channels, weightsAt);
        }
        multiply(block, rows.rowsOf(rowBlock), channels, weightsAt, copy, sums, c > 0);
        if (c + channels == problem.depthChannels()) {
          store(block, group, rowBlock, sums);
        }
      }
    }
  }

  private void multiply(
      int block, int usedRows, int channels, int weightsAt, int copy, int sums, boolean add) {
    int perRow = Math.ceilDiv(pixels.columnsOf(block), Tile.LANES);
    int perImage = pixels.rowsOf(block) * perRow;
    int vectors = pixels.imagesOf(block) * perImage;
    for (int v = 0; v < vectors; v += 2) {
      int first = copy + inputs.vectorBase(v, perRow, perImage);
      int second = copy + inputs.vectorBase(Math.min(v + 1, vectors - 1), perRow, perImage);
      int left = weightsAt;
      int at = sums + v * Tile.LANES;
      for (DirectPhase phase : phases) {
        phase.multiply(channels, usedRows, scratch, left, first, second, at, sumStride, add);
        left += tileRows * channels * phase.taps;
        at += phaseStride;
      }
    }
  }

  private void store(int block, int group, int rowBlock, int sums) {
    int perMap = rows.channelsOf(rowBlock);
    int first = group * problem.outputChannels() + rows.firstChannel(rowBlock);
    int rowStride = Tile.roundUp(pixels.columnsOf(block), Tile.LANES);
    for (int c = 0; c < perMap; c++) {
      int at = sums + c * sumStride;
      if (interleaved == null) {
        int mapStride = perMap * sumStride;
        planes.store(epilogue, block, first + c, scratch, at, mapStride, rowStride);
      } else {
        int free = sums + sumFloats + inputFloats;
        interleaved.store(epilogue, block, first + c, scratch, at, phaseStride, rowStride, free);
      }
    }
  }
}
