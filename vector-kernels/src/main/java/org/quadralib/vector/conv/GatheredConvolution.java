package org.quadralib.vector.conv;

import org.quadralib.vector.gemm.Tile;
import org.quadralib.vector.gemm.TileKernels;
import org.quadralib.vector.parallel.ParallelTask;
import org.quadralib.vector.parallel.WorkerPool;

/**
 * Computes a {@link TapProblem} whose rows are so short that vectors would be mostly empty.
 *
 * <p>Pixels are gathered into panels across rows and images. Images this small come with many
 * channels, so the weights are the large operand: each block of the depth is packed once, by all
 * threads together with the panels of pixels, and multiplied at once for as many pixels as
 * possible.
 */
final class GatheredConvolution implements TapKernel, ParallelTask {

  /** Depth (channels × taps) packed at a time. */
  private static final int DEPTH_BLOCK = 320;

  /** Floats of the sums in progress, and pixels summed at a time. */
  private static final int SUM_FLOATS = 768 * 1024;

  private static final int MOST_PIXELS = 1024;

  /** Pixels that are gathered by one task. */
  private static final int TASK_PIXELS = 64;

  /** Panels of weights that one task packs or multiplies. */
  private static final int TASK_PANELS = 12;

  private enum Phase {
    PACK,
    MULTIPLY,
    STORE
  }

  private final TapProblem problem;
  private final int taps;
  private final RowBlocks rows;
  private final WeightPanels panels;
  private final int channelBlock;
  private final PixelBlocks pixels;
  private final InputBlocks inputs;
  private final OutputPlanes planes;
  private final int tilesPerBlock;
  private final int blocksAtOnce;
  private final int tileRows;
  private final int weightTasks;
  private final int sumStride;

  // Where the parts of scratch memory begin, which all threads share.
  private final int rightAt;
  private final int sumsAt;
  private final int copiesAt;

  // The run in progress.
  private long[] input = {};
  private long[] weights = {};
  private Epilogue epilogue = (sums, at, mapStride, channel, count, position, step) -> {};
  private float[] scratch = {};
  private Phase phase = Phase.PACK;
  private int group;
  private int firstBlock;
  private int blockCount;
  private int firstChannel;
  private int channels;

  GatheredConvolution(TapProblem problem) {
    this.problem = problem;
    taps = problem.taps().count();
    int all = problem.depthChannels();
    int perBlock = Math.max(1, DEPTH_BLOCK / Math.max(1, taps));
    channelBlock = Math.ceilDiv(all, Math.ceilDiv(all, perBlock));
    rows = new RowBlocks(problem.outputMaps(), problem.outputChannels(), Integer.MAX_VALUE);
    panels = new WeightPanels(problem, rows);
    tileRows = Tile.roundUp(rows.mostRows(), Tile.ROWS);
    weightTasks = Math.ceilDiv(tileRows / Tile.ROWS, TASK_PANELS);
    Taps reads = problem.taps();
    pixels =
        PixelBlocks.of(
            problem.batch(),
            reads.rows(),
            reads.columns(),
            TASK_PIXELS,
            TASK_PIXELS,
            Tile.COLUMNS,
            true);
    inputs = new InputBlocks(problem, pixels, channelBlock);
    planes = new OutputPlanes(problem, pixels);
    tilesPerBlock = Math.ceilDiv(pixels.pixelsPerBlock(), Tile.COLUMNS);
    int blockPixels = tilesPerBlock * Tile.COLUMNS;
    int mostPixels = Math.min(MOST_PIXELS, SUM_FLOATS / tileRows);
    blocksAtOnce = Math.clamp(mostPixels / blockPixels, 1, pixels.count());
    // Not a power of two, whose multiples would share a few cache sets.
    sumStride = blocksAtOnce * blockPixels | 16;
    int depth = channelBlock * taps;
    rightAt = tileRows * depth;
    sumsAt = rightAt + blocksAtOnce * blockPixels * depth;
    copiesAt = sumsAt + tileRows * sumStride;
  }

  @Override
  public String algorithm() {
    return "gathered";
  }

  @Override
  public int runPixels() {
    return planes.runPixels(pixels.columnsPerBlock());
  }

  @Override
  public int scratchFloats(int threads) {
    return copiesAt + threads * inputs.floats;
  }

  @Override
  public void run(
      WorkerPool pool, long[] input, long[] weights, Epilogue epilogue, float[] scratch) {
    this.input = input;
    this.weights = weights;
    this.epilogue = epilogue;
    this.scratch = scratch;
    for (group = 0; group < problem.groups(); group++) {
      for (firstBlock = 0; firstBlock < pixels.count(); firstBlock += blocksAtOnce) {
        blockCount = Math.min(blocksAtOnce, pixels.count() - firstBlock);
        runBlocks(pool);
      }
    }
  }

  private void runBlocks(WorkerPool pool) {
    for (firstChannel = 0; firstChannel < problem.depthChannels(); firstChannel += channelBlock) {
      channels = Math.min(channelBlock, problem.depthChannels() - firstChannel);
      phase = Phase.PACK;
      pool.parallelFor(weightTasks + blockCount, this);
      phase = Phase.MULTIPLY;
      pool.parallelFor(weightTasks * blockCount, this);
    }
    phase = Phase.STORE;
    pool.parallelFor(blockCount, this);
  }

  /** One task of the loop in progress; called by the pool. */
  @Override
  public void run(int task, int worker) {
    switch (phase) {
      case PACK -> {
        if (task < weightTasks) {
          packWeights(task);
        } else {
          gather(task - weightTasks, copiesAt + worker * inputs.floats);
        }
      }
      case MULTIPLY -> multiply(task / blockCount, task % blockCount);
      case STORE -> store(task);
    }
  }

  private void packWeights(int task) {
    int depth = channels * taps;
    int end = Math.min(tileRows / Tile.ROWS, (task + 1) * TASK_PANELS);
    for (int panel = task * TASK_PANELS; panel < end; panel++) {
      panels.packPanel(
          weights, group, 0, panel, firstChannel, channels, scratch, panel * Tile.ROWS * depth);
    }
  }

  private void gather(int block, int copy) {
    int depth = channels * taps;
    inputs.fill(input, firstBlock + block, group, firstChannel, channels, scratch, copy);
    int panel = rightAt + block * tilesPerBlock * Tile.COLUMNS * depth;
    for (int tile = 0; tile < tilesPerBlock; tile++) {
      inputs.gather(depth, tile * Tile.COLUMNS, scratch, copy, panel);
      panel += Tile.COLUMNS * depth;
    }
  }

  private void multiply(int weightTask, int block) {
    int depth = channels * taps;
    int end = Math.min(tileRows / Tile.ROWS, (weightTask + 1) * TASK_PANELS);
    for (int tile = block * tilesPerBlock; tile < (block + 1) * tilesPerBlock; tile++) {
      int right = rightAt + tile * Tile.COLUMNS * depth;
      for (int panel = weightTask * TASK_PANELS; panel < end; panel++) {
        TileKernels.linear(
            depth,
            scratch,
            panel * Tile.ROWS * depth,
            right,
            sumsAt + panel * Tile.ROWS * sumStride + tile * Tile.COLUMNS,
            sumStride,
            firstChannel > 0);
      }
    }
  }

  private void store(int block) {
    int perMap = problem.outputChannels();
    int at = sumsAt + block * tilesPerBlock * Tile.COLUMNS;
    for (int c = 0; c < perMap; c++) {
      planes.store(
          epilogue,
          firstBlock + block,
          group * perMap + c,
          scratch,
          at + c * sumStride,
          perMap * sumStride,
          pixels.columnsOf(firstBlock + block));
    }
  }
}
