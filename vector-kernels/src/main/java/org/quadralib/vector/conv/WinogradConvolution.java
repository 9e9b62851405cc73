package org.quadralib.vector.conv;

import org.quadralib.vector.gemm.Tile;
import org.quadralib.vector.gemm.TileKernels;
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

  /** Tasks below which the output channels are divided as well. */
  private static final int LEAST_TASKS = 8;

  private final TapProblem problem;
  private final WinogradTransform transform;
  private final WinogradTiles tiles;
  private final WinogradFilters filters;
  private final WinogradInput reading;
  private final WinogradOutput writing;

  private final boolean fewTiles;
  private final int points;
  private final int depthBlocks;
  private final int depth;
  private final int blockTiles;
  private final int blocks;
  private final int passBlocks;
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
  private final int sharedFloats; // what is transformed first
  private final int ownFloats; // what a task transforms itself
  private final int workerFloats;

  private long[] input = new long[0];
  private long[] weights = new long[0];
  private Epilogue epilogue = (sums, at, mapStride, channel, count, position, step) -> {};
  private float[] scratch = new float[0];
  private boolean preparing;

  /**
   * Plans a convolution.
   *
   * @param edge rows and columns of a tile of outputs, 2 or 4
   */
  WinogradConvolution(TapProblem problem, int edge) {
    this.problem = problem;
    transform = WinogradTransform.of(edge);
    points = transform.points();
    tiles = new WinogradTiles(problem.batch(), problem.planeHeight(), problem.planeWidth(), edge);
    int most = edge == 4 ? 32 : 64;
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
    writing = new WinogradOutput(transform, tiles, maps, problem.outputChannels(), blockTiles);

    depthBlocks = problem.inputMaps() * Math.ceilDiv(problem.inputChannels(), LANES);
    depth = depthBlocks * LANES;
    int outputBlocks = Math.ceilDiv(problem.outputChannels(), LANES);
    long allFilters = (long) points * depth * outputBlocks * LANES * maps;
    fewTiles = blocks <= FEW_BLOCKS && allFilters > MANY_FILTER_FLOATS;
    passBlocks = passBlocks(outputBlocks, maps, fewTiles ? 2 * maps * LANES : PASS_FLOATS);
    passPanels = Math.ceilDiv(passBlocks * maps, 2);
    passes = Math.ceilDiv(outputBlocks, passBlocks);
    parts = Math.min(passes, Math.ceilDiv(LEAST_TASKS, blocks));
    index = new int[depth];
    for (int p = 0; p < depth; p++) {
      index[p] = p / LANES * blockTiles * LANES + p % LANES;
    }

    // One vector more than needed, lest all points share a few cache sets.
    filterStride = passPanels * depth * Tile.COLUMNS + LANES;
    inputStride = depth * blockTiles + LANES;
    sumStride = passPanels * Tile.COLUMNS;
    sumsStride = blockTiles * sumStride + LANES;
    filterFloats = points * filterStride;
    inputFloats = points * inputStride;
    sumFloats = points * sumsStride;
    int free =
        Math.max(
            filters.scratchFloats(), Math.max(reading.scratchFloats(), writing.scratchFloats()));
    sharedFloats = fewTiles ? blocks * inputFloats : passes * filterFloats;
    ownFloats = fewTiles ? filterFloats : inputFloats;
    workerFloats = ownFloats + sumFloats + free;
  }

  /** Whether the algorithm applies and its transformed filters can be counted. */
  static boolean fits(TapProblem problem, int edge) {
    long points = (edge + 2L) * (edge + 2L);
    long outputs = Tile.roundUp(problem.outputChannels(), LANES) + 2L * LANES;
    long inputs = Tile.roundUp(problem.inputChannels(), LANES) * (long) problem.inputMaps();
    return problem.isWinograd() && points * inputs * outputs * problem.outputMaps() <= MOST_FLOATS;
  }

  /** Channels computed together, in vectors; if it can be, so that their maps fill whole panels. */
  private static int passBlocks(int outputBlocks, int maps, int floats) {
    int blocks = Math.clamp(floats / (LANES * maps), 1, outputBlocks);
    return blocks * maps % 2 == 1 && blocks < outputBlocks ? blocks + 1 : blocks;
  }

  @Override
  public int scratchFloats(int threads) {
    return Tile.SCRATCH_START + sharedFloats + threads * workerFloats;
  }

  @Override
  public void run(
      WorkerPool pool, long[] input, long[] weights, Epilogue epilogue, float[] scratch) {
    this.input = input;
    this.weights = weights;
    this.epilogue = epilogue;
    this.scratch = scratch;
    preparing = true;
    pool.parallelFor(fewTiles ? blocks * depthBlocks : passes * passPanels * 2, this);
    preparing = false;
    pool.parallelFor(fewTiles ? passes : blocks * parts, this);
  }

  /** One task of the loop in progress; called by the pool. */
  @Override
  public void run(int task, int worker) {
    int own = Tile.SCRATCH_START + sharedFloats + worker * workerFloats;
    int free = own + ownFloats + sumFloats;
    if (fewTiles && preparing) {
      int block = task / depthBlocks;
      transformTiles(block, task % depthBlocks, Tile.SCRATCH_START + block * inputFloats, free);
    } else if (fewTiles) {
      usePass(task, own, free);
    } else if (preparing) {
      int pass = task / (passPanels * 2);
      transformFilters(
          pass, task % (passPanels * 2), Tile.SCRATCH_START + pass * filterFloats, free);
    } else {
      useBlock(task / parts, task % parts, own, free);
    }
  }

  /** Transforms some filters and multiplies all tiles with them. */
  private void usePass(int pass, int own, int free) {
    for (int vector = 0; vector < passPanels * 2; vector++) {
      transformFilters(pass, vector, own, free);
    }
    for (int block = 0; block < blocks; block++) {
      multiply(block, pass, Tile.SCRATCH_START + block * inputFloats, own, own + ownFloats);
      store(block, pass, own + ownFloats, free);
    }
  }

  /** Transforms some tiles and multiplies them with all filters, or some. */
  private void useBlock(int block, int part, int own, int free) {
    for (int d = 0; d < depthBlocks; d++) {
      transformTiles(block, d, own, free);
    }
    for (int pass = part; pass < passes; pass += parts) {
      multiply(block, pass, own, Tile.SCRATCH_START + pass * filterFloats, own + ownFloats);
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

  /** Transforms the filters of one vector of output channels. */
  private void transformFilters(int pass, int vector, int to, int free) {
    int block = pass * passBlocks + vector / problem.outputMaps();
    int map = vector % problem.outputMaps();
    int at = to + vector / 2 * depth * Tile.COLUMNS + vector % 2 * LANES;
    if (vector < passBlocks * problem.outputMaps() && block * LANES < problem.outputChannels()) {
      filters.transform(weights, map, block, scratch, free, at, filterStride, Tile.COLUMNS);
    } else {
      for (int c = 0; c < depth; c++) {
        filters.clear(scratch, at + c * Tile.COLUMNS, filterStride);
      }
    }
  }

  private void multiply(int block, int pass, int tilesAt, int filtersAt, int sums) {
    int count = tiles(block);
    for (int point = 0; point < points; point++) {
      int right = filtersAt + point * filterStride;
      int left = tilesAt + point * inputStride;
      int at = sums + point * sumsStride;
      for (int panel = 0; panel < passPanels; panel++) {
        for (int t = 0; t < count; t += Tile.ROWS) {
          TileKernels.blocked(
              depth, scratch, left + t * LANES, index, right, at + t * sumStride, sumStride);
        }
        right += depth * Tile.COLUMNS;
        at += Tile.COLUMNS;
      }
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
