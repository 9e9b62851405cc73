package org.quadralib.vector.conv;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.quadralib.vector.gemm.Tile;
import org.quadralib.vector.gemm.TileKernels;
import org.quadralib.vector.gemm.WideTiles;
import org.quadralib.vector.parallel.ParallelTask;
import org.quadralib.vector.parallel.WorkerPool;

/**
 * Convolution with filters of 3 × 3 taps and stride one by a Winograd algorithm: in place of nine
 * multiplications per output and channel there are four with tiles of 2 × 2 outputs, 2.25 with
 * tiles of 4 × 4.
 *
 * <p>With many tiles, all filters are transformed first. Then each task transforms a block of input
 * tiles, multiplies it with the filters point by point, and transforms the products, all of them
 * while they are in the second-level cache. With few tiles and many filters it is the other way
 * round: all tiles are transformed first, and each task transforms some filters and uses them up.
 * The products of all maps of a channel are at hand together.
 */
final class WinogradConvolution implements TapKernel, ParallelTask {
  private static final int LANES = Tile.LANES;

  /** Floats of the products at one point that are kept at a time, for each tile. */
  private static final int PASS_FLOATS = 96;

  /** Floats of transformed filters beyond which another way is taken. */
  private static final long MOST_FLOATS = 64 << 20;

  /** Blocks of tiles that are few. */
  private static final int FEW_BLOCKS = 4;

  /** Floats of transformed filters that are many: they would leave the caches before their use. */
  private static final int MANY_FILTER_FLOATS = 1 << 20;

  /** Floats of a right panel that stays in the first-level cache. */
  private static final int PANEL_FLOATS = 6 << 10;

  /**
   * Floats of sums that stay in the second-level cache while filters are transformed bit by bit.
   */
  private static final int MOST_SUMS = 5 << 16;

  /** Passes there should be with few tiles, each the task of a thread. */
  private static final int LEAST_PASSES = 4;

  /** Vectors of input channels whose filters are transformed at a time, with few tiles. */
  private static final int FEW_CHANNELS = 8;

  /** Tasks below which the output channels are divided as well. */
  private static final int LEAST_TASKS = 8;

  private final TapProblem problem;
  private final WinogradTransform transform;
  private final WinogradTiles tiles;
  private final WinogradFilters filters;
  private final WinogradInput reading;
  private final WinogradOutput writing;
  private final @Nullable WinogradStatistics statistics;

  private final boolean fewTiles;
  private final int points;
  private final int depthBlocks;
  private final int depth;
  private final int blockTiles;
  private final int blocks;
  private final int filterBlocks; // vectors of input channels whose filters are kept at a time
  private final int passBlocks;
  private final boolean wide; // panels of three vectors, not two
  private final int panelColumns;
  private final int panelVectors;
  private final int panelDepth; // channels that are multiplied at a time
  private final int passPanels;
  private final int passes;
  private final int parts;
  private final int[] index;

  private final int filterStride; // from point to point
  private final int inputStride;
  private final int sumStride; // from tile to tile
  private final int sumsStride; // from point to point
  private final int filterFloats;
  private final int inputFloats;
  private final int sumFloats;
  private final int sumsFloats; // of all blocks that are summed at a time
  private final int sharedAt;
  private final int sharedFloats; // what is transformed first
  private final int ownFloats; // what a task transforms itself
  private final int workerFloats;

  private long[] input = new long[0];
  private long[] weights = new long[0];
  private Epilogue epilogue = (sums, at, mapStride, channel, count, position, step) -> {};
  private float[] scratch = new float[0];
  private long[] means = new long[0];
  private long[] variances = new long[0];
  private Stage stage = Stage.PREPARE;

  private enum Stage {
    PREPARE,
    MULTIPLY,
    COMBINE
  }

  /**
   * Plans a convolution.
   *
   * @param edge rows and columns of a tile of outputs, 2 or 4
   * @param withStatistics whether statistics of the outputs are wanted
   */
  WinogradConvolution(TapProblem problem, int edge, boolean withStatistics) {
    this.problem = problem;
    transform = WinogradTransform.of(edge);
    points = transform.points();
    tiles = new WinogradTiles(problem.batch(), problem.planeHeight(), problem.planeWidth(), edge);
    // The rows around a block are read twice, unless it is a whole image.
    int most = edge == 4 && tiles.perImage() < 64 ? 32 : 64;
    blockTiles = Tile.roundUp(Math.min(most, tiles.count()), Tile.ROWS);
    blocks = Math.ceilDiv(tiles.count(), blockTiles);

    Taps taps = problem.taps();
    filters = new WinogradFilters(transform, problem);
    reading =
        WinogradInput.ofInput(
            transform,
            tiles,
            problem.inputChannels(),
            problem.height(),
            problem.width(),
            taps.padTop(),
            taps.padLeft(),
            blockTiles);
    int maps = problem.outputMaps();
    int channels = problem.outputChannels();
    statistics =
        withStatistics && WinogradStatistics.suits(tiles, maps, channels, blockTiles)
            ? new WinogradStatistics(tiles, maps, channels)
            : null;
    sharedAt = Tile.SCRATCH_START + (statistics == null ? 0 : statistics.floats());
    writing = new WinogradOutput(transform, tiles, maps, channels, blockTiles, statistics);

    depthBlocks = problem.inputMaps() * Math.ceilDiv(problem.inputChannels(), LANES);
    depth = depthBlocks * LANES;
    int outputBlocks = Math.ceilDiv(problem.outputChannels(), LANES);
    long allFilters = (long) points * depth * outputBlocks * LANES * maps;
    fewTiles = blocks <= FEW_BLOCKS && allFilters > MANY_FILTER_FLOATS;
    passBlocks = passBlocks(outputBlocks, maps, fewTiles ? fewTilesFloats(maps) : PASS_FLOATS);
    wide = WideTiles.suit(passBlocks * maps);
    panelColumns = wide ? WideTiles.COLUMNS : Tile.COLUMNS;
    panelVectors = panelColumns / LANES;
    panelDepth = PANEL_FLOATS / panelColumns / LANES * LANES;
    passPanels = Math.ceilDiv(passBlocks * maps, panelVectors);
    passes = Math.ceilDiv(outputBlocks, passBlocks);
    parts = Math.min(passes, Math.ceilDiv(LEAST_TASKS, blocks));
    index = new int[depth];
    for (int p = 0; p < depth; p++) {
      index[p] = p / LANES * blockTiles * LANES + p % LANES;
    }

    // One vector more than needed, lest all points share a few cache sets.
    inputStride = depth * blockTiles + LANES;
    sumStride = passPanels * panelColumns;
    sumsStride = blockTiles * sumStride + LANES;
    inputFloats = points * inputStride;
    sumFloats = points * sumsStride;
    boolean inParts = fewTiles && blocks * (long) sumFloats <= MOST_SUMS;
    filterBlocks = inParts ? Math.min(FEW_CHANNELS, depthBlocks) : depthBlocks;
    filterStride = passPanels * filterBlocks * LANES * panelColumns + LANES;
    filterFloats = points * filterStride;
    int free =
        Math.max(
            filters.scratchFloats(), Math.max(reading.scratchFloats(), writing.scratchFloats()));
    sharedFloats = fewTiles ? blocks * inputFloats : passes * filterFloats;
    ownFloats = fewTiles ? filterFloats : inputFloats;
    sumsFloats = (fewTiles ? blocks : 1) * sumFloats;
    workerFloats = ownFloats + sumsFloats + Tile.ROWS * panelColumns + free;
  }

  /** Whether the algorithm applies and its transformed filters can be counted. */
  static boolean fits(TapProblem problem, int edge) {
    long points = (edge + 2L) * (edge + 2L);
    long outputs = Tile.roundUp(problem.outputChannels(), LANES) + 2L * LANES;
    long inputs = Tile.roundUp(problem.inputChannels(), LANES) * (long) problem.inputMaps();
    return problem.isWinograd() && points * inputs * outputs * problem.outputMaps() <= MOST_FLOATS;
  }

  /**
   * Floats of a pass with few tiles. Every pass reads all tiles from the third-level cache, so it
   * should be wide; but there should be passes for several threads.
   */
  private int fewTilesFloats(int maps) {
    int vectors = Math.ceilDiv(problem.outputChannels(), LANES) * maps;
    return LANES * Math.max(2 * maps, Math.min(3, vectors / LEAST_PASSES));
  }

  /**
   * Channels computed together, in vectors: as many as can be, in passes of one size, and if it can
   * be, so that their maps fill whole panels.
   */
  private static int passBlocks(int outputBlocks, int maps, int floats) {
    int most = Math.clamp(floats / (LANES * maps), 1, outputBlocks);
    int blocks = Math.ceilDiv(outputBlocks, Math.ceilDiv(outputBlocks, most));
    return blocks * maps % 2 == 1 && blocks < outputBlocks ? blocks + 1 : blocks;
  }

  @Override
  public String algorithm() {
    return Winograd.algorithm(transform.edge());
  }

  @Override
  public int scratchFloats(int threads) {
    return sharedAt + sharedFloats + threads * workerFloats;
  }

  @Override
  public boolean takesStatistics() {
    return statistics != null;
  }

  @Override
  public void run(
      WorkerPool pool, long[] input, long[] weights, Epilogue epilogue, float[] scratch) {
    this.input = input;
    this.weights = weights;
    this.epilogue = epilogue;
    this.scratch = scratch;
    stage = Stage.PREPARE;
    pool.parallelFor(fewTiles ? blocks * depthBlocks : passes * passPanels * panelVectors, this);
    stage = Stage.MULTIPLY;
    pool.parallelFor(fewTiles ? passes : blocks * parts, this);
  }

  @Override
  public void storeStatistics(WorkerPool pool, long[] means, long[] variances) {
    this.means = means;
    this.variances = variances;
    stage = Stage.COMBINE;
    pool.parallelFor(Objects.requireNonNull(statistics).vectors(), this);
  }

  /** One task of the loop in progress; called by the pool. */
  @Override
  public void run(int task, int worker) {
    int own = sharedAt + sharedFloats + worker * workerFloats;
    int free = own + ownFloats + sumsFloats + Tile.ROWS * panelColumns;
    switch (stage) {
      case PREPARE -> prepare(task, free);
      case MULTIPLY -> {
        if (fewTiles) {
          usePass(task, own, free);
        } else {
          useBlock(task / parts, task % parts, own, free);
        }
      }
      case COMBINE ->
          Objects.requireNonNull(statistics)
              .combine(scratch, Tile.SCRATCH_START, task, means, variances);
    }
  }

  /** Transforms some of what is used by all tasks. */
  private void prepare(int task, int free) {
    if (fewTiles) {
      int block = task / depthBlocks;
      transformTiles(block, task % depthBlocks, sharedAt + block * inputFloats, free);
    } else {
      int vectors = passPanels * panelVectors;
      int to = sharedAt + task / vectors * filterFloats;
      transformFilters(task / vectors, task % vectors, 0, depthBlocks, to, free);
    }
  }

  /** Transforms some filters, part by part, and multiplies all tiles with them. */
  private void usePass(int pass, int own, int free) {
    int sums = own + ownFloats;
    for (int first = 0; first < depthBlocks; first += filterBlocks) {
      int count = Math.min(filterBlocks, depthBlocks - first);
      for (int vector = 0; vector < passPanels * panelVectors; vector++) {
        transformFilters(pass, vector, first, count, own, free);
      }
      for (int block = 0; block < blocks; block++) {
        int left = sharedAt + block * inputFloats + first * blockTiles * LANES;
        int to = sums + block * sumFloats;
        multiply(block, left, own, count * LANES, to, sums + sumsFloats, first > 0);
      }
    }
    for (int block = 0; block < blocks; block++) {
      store(block, pass, sums + block * sumFloats, free);
    }
  }

  /** Transforms some tiles and multiplies them with all filters, or some. */
  private void useBlock(int block, int part, int own, int free) {
    for (int d = 0; d < depthBlocks; d++) {
      transformTiles(block, d, own, free);
    }
    for (int pass = part; pass < passes; pass += parts) {
      int right = sharedAt + pass * filterFloats;
      int sums = own + ownFloats;
      multiply(block, own, right, depth, sums, sums + sumsFloats, false);
      store(block, pass, own + ownFloats, free);
    }
  }

  /** Transforms one vector of input channels of a block of tiles. */
  private void transformTiles(int block, int d, int to, int free) {
    int perMap = depthBlocks / problem.inputMaps();
    int first = block * blockTiles;
    int at = to + d * blockTiles * LANES;
    reading.transform(
        input[d / perMap], d % perMap, first, tiles(block), scratch, free, at, inputStride, LANES);
  }

  private int tiles(int block) {
    return Math.min(blockTiles, tiles.count() - block * blockTiles);
  }

  /** Transforms the filters of one vector of output channels and some of input channels. */
  private void transformFilters(int pass, int vector, int first, int count, int to, int free) {
    int block = pass * passBlocks + vector / problem.outputMaps();
    int map = vector % problem.outputMaps();
    int panel = to + vector / panelVectors * filterBlocks * LANES * panelColumns;
    int at = panel + vector % panelVectors * LANES;
    if (vector < passBlocks * problem.outputMaps() && block * LANES < problem.outputChannels()) {
      filters.transform(
          weights, map, block, first, count, scratch, free, at, filterStride, panelColumns);
    } else {
      for (int c = 0; c < count * LANES; c++) {
        filters.clear(scratch, at + c * panelColumns, filterStride);
      }
    }
  }

  /**
   * Multiplies tiles with filters point by point.
   *
   * @param left first point of the first tile
   * @param right first point of the filters
   * @param depth input channels
   * @param part room for the sums of one tile of registers
   * @param add whether to add to the sums or to set them
   */
  private void multiply(
      int block, int left, int right, int depth, int sums, int part, boolean add) {
    int count = tiles(block);
    for (int point = 0; point < points; point++) {
      int from = right + point * filterStride;
      int tilesAt = left + point * inputStride;
      int at = sums + point * sumsStride;
      for (int panel = 0; panel < passPanels; panel++) {
        for (int p = 0; p < depth; p += panelDepth) {
          int some = Math.min(panelDepth, depth - p);
          int panelAt = from + p * panelColumns;
          int tileAt = tilesAt + p * blockTiles;
          if (add || p > 0) {
            addPanel(some, tileAt, panelAt, at, count, part);
          } else {
            setPanel(some, tileAt, panelAt, at, count, isHalf(panel));
          }
        }
        from += filterBlocks * LANES * panelColumns;
        at += panelColumns;
      }
    }
  }

  /** Whether only the left half of a panel is used. */
  private boolean isHalf(int panel) {
    return !wide && 2 * panel + 1 == passBlocks * problem.outputMaps();
  }

  /** One panel of filters, in the first-level cache, with all tiles. */
  private void setPanel(int depth, int left, int right, int at, int count, boolean half) {
    for (int t = 0; t < count; t += Tile.ROWS) {
      multiplyTile(depth, left + t * LANES, right, at + t * sumStride, sumStride, half);
    }
  }

  /** The same, added to the sums. */
  private void addPanel(int depth, int left, int right, int at, int count, int part) {
    for (int t = 0; t < count; t += Tile.ROWS) {
      multiplyTile(depth, left + t * LANES, right, part, panelColumns, false);
      Tile.addTile(scratch, part, at + t * sumStride, sumStride, panelColumns);
    }
  }

  private void multiplyTile(int depth, int left, int right, int to, int stride, boolean half) {
    if (wide) {
      WideTiles.blocked(depth, scratch, left, index, right, to, stride);
    } else if (half) {
      TileKernels.narrow(depth, scratch, left, index, right, to, stride);
    } else {
      TileKernels.blocked(depth, scratch, left, index, right, to, stride);
    }
  }

  private void store(int block, int pass, int sums, int free) {
    int end = Math.min((pass + 1) * passBlocks * LANES, problem.outputChannels());
    for (int b = pass * passBlocks; b * LANES < end; b++) {
      int from = sums + (b - pass * passBlocks) * problem.outputMaps() * LANES;
      writing.store(
          epilogue,
          scratch,
          from,
          sumsStride,
          sumStride,
          block * blockTiles,
          tiles(block),
          b,
          free);
    }
  }
}
