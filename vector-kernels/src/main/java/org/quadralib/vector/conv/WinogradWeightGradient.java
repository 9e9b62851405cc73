package org.quadralib.vector.conv;

import org.quadralib.vector.gemm.Tile;
import org.quadralib.vector.parallel.ParallelTask;
import org.quadralib.vector.parallel.WorkerPool;

/**
 * Weight gradient of a convolution by a Winograd algorithm: the exact adjoint of {@link
 * WinogradConvolution} in its filters, {@code dw = Gᵀ [Σ (Bᵀ x B) ∘ (A g Aᵀ)] G}, where the sum
 * runs over the tiles of all images.
 *
 * <p>Some tiles at a time are transformed, then multiplied point by point with the depth of the
 * product running over the tiles. If those are all the tiles there are, each task finishes some
 * channels and filters; otherwise the sums of all points stay in memory until the last tile.
 */
final class WinogradWeightGradient implements WeightGradientKernel, ParallelTask {
  private static final int LANES = Tile.LANES;

  /**
   * Floats of transformed tiles that are kept at a time if that makes several portions: together
   * with the sums of all points they should stay in the last cache.
   */
  private static final int CHUNK_FLOATS = 2 << 20;

  /** Floats of transformed tiles that are kept if those are all there are. */
  private static final int MOST_AT_ONCE = 4 << 20;

  /** Floats of sums beyond which another way is taken. */
  static final int MOST_SUMS = 8 << 20;

  /** Tiles that one task transforms. */
  private static final int TASK_TILES = 32;

  private final WinogradTiles tiles;
  private final WinogradGradientPanels operands;
  private final WinogradFilterGradients results;
  private final int edge;
  private final int points;
  private final int inputBlocks;
  private final int panels;
  private final int columns; // of a panel
  private final int chunk;
  private final boolean atOnce;
  private final int sumStride;
  private final int sumFloats;
  private final int workerFloats;

  private long[] x = new long[0];
  private long[] g = new long[0];
  private long[] dw = new long[0];
  private float[] scratch = new float[0];
  private Stage stage = Stage.TRANSFORM;
  private int first;
  private int count;

  private enum Stage {
    TRANSFORM,
    MULTIPLY,
    STORE,
    MULTIPLY_AND_STORE
  }

  /**
   * Plans a gradient.
   *
   * @param edge rows and columns of a tile of outputs, 2 or 4
   */
  WinogradWeightGradient(ConvShape shape, int maps, int edge) {
    this.edge = edge;
    WinogradTransform transform = WinogradTransform.of(edge);
    points = transform.points();
    tiles = new WinogradTiles(shape.batch(), shape.outputHeight(), shape.outputWidth(), edge);
    inputBlocks = WinogradGradientPanels.inputBlocks(shape);
    panels = WinogradGradientPanels.panels(shape, maps);
    columns = WinogradGradientPanels.columns(shape, maps);
    int perTile = WinogradGradientPanels.floatsPerTile(shape, maps, transform);
    int most = Math.max(1, CHUNK_FLOATS / perTile / TASK_TILES) * TASK_TILES;
    long sums = (long) points * inputBlocks * LANES * panels * columns;
    chunk = isAtOnce((long) tiles.count() * perTile, sums) ? tiles.count() : most;
    operands = new WinogradGradientPanels(shape, maps, transform, tiles, chunk, TASK_TILES);
    results = new WinogradFilterGradients(shape, maps, transform);
    atOnce = chunk == tiles.count();
    // One vector more than needed, lest all points share a few cache sets.
    sumStride = (atOnce ? 1 : inputBlocks) * LANES * columns + LANES;
    sumFloats = atOnce ? 0 : panels * points * sumStride;
    int store = results.scratchFloats() + (atOnce ? points * sumStride : 0);
    workerFloats = Math.max(store, operands.scratchFloats());
  }

  /** Whether all transformed tiles are kept: few floats, or no more than the sums would be. */
  private static boolean isAtOnce(long tileFloats, long sums) {
    return tileFloats <= Math.max(MOST_AT_ONCE, Math.min(sums, MOST_SUMS));
  }

  /** Whether the algorithm applies and its sums take no more memory than they should. */
  static boolean fits(ConvShape shape, int maps, int edge) {
    if (!isWinograd(shape)) {
      return false;
    }
    long points = (edge + 2L) * (edge + 2L);
    long channels = Tile.roundUp(shape.channels(), LANES);
    long filters =
        (long) WinogradGradientPanels.panels(shape, maps)
            * WinogradGradientPanels.columns(shape, maps);
    int tiles =
        new WinogradTiles(shape.batch(), shape.outputHeight(), shape.outputWidth(), edge).count();
    long sums = points * channels * filters;
    return Math.min(tiles, TASK_TILES) * points * (channels + filters) <= MOST_SUMS
        && (isAtOnce(tiles * points * (channels + filters), sums) || sums <= MOST_SUMS);
  }

  private static boolean isWinograd(ConvShape shape) {
    return shape.kernelHeight() == 3
        && shape.kernelWidth() == 3
        && shape.strideHeight() == 1
        && shape.strideWidth() == 1
        && shape.dilationHeight() == 1
        && shape.dilationWidth() == 1
        && shape.groups() == 1;
  }

  @Override
  public String algorithm() {
    return Winograd.algorithm(edge);
  }

  @Override
  public int scratchFloats(int threads) {
    return Tile.SCRATCH_START + operands.floats() + sumFloats + threads * workerFloats;
  }

  @Override
  public void run(WorkerPool pool, long[] x, long[] g, long[] dw, float[] scratch) {
    this.x = x;
    this.g = g;
    this.dw = dw;
    this.scratch = scratch;
    for (first = 0; first < tiles.count(); first += chunk) {
      count = Math.min(chunk, tiles.count() - first);
      stage = Stage.TRANSFORM;
      pool.parallelFor(Math.ceilDiv(count, TASK_TILES) * operands.blocks(), this);
      stage = atOnce ? Stage.MULTIPLY_AND_STORE : Stage.MULTIPLY;
      pool.parallelFor(panels * (atOnce ? inputBlocks : points), this);
    }
    if (!atOnce) {
      stage = Stage.STORE;
      pool.parallelFor(panels * inputBlocks, this);
    }
  }

  /** One task of the loop in progress; called by the pool. */
  @Override
  public void run(int task, int worker) {
    int own = Tile.SCRATCH_START + operands.floats() + sumFloats + worker * workerFloats;
    switch (stage) {
      case TRANSFORM -> {
        int tile = task / operands.blocks() * TASK_TILES;
        int block = task % operands.blocks();
        int some = Math.min(TASK_TILES, count - tile);
        operands.transform(x, g, block, first + tile, tile, some, scratch, Tile.SCRATCH_START, own);
      }
      case MULTIPLY -> {
        int sums = sumsAt(task % panels, task / panels);
        for (int block = 0; block < inputBlocks; block++) {
          int at = sums + block * LANES * columns;
          operands.multiply(
              task / panels,
              task % panels,
              block,
              count,
              scratch,
              Tile.SCRATCH_START,
              at,
              first > 0,
              own);
        }
      }
      case STORE -> {
        int panel = task / inputBlocks;
        int block = task % inputBlocks;
        int sums = sumsAt(panel, 0) + block * LANES * columns;
        results.store(panel, block, scratch, sums, sumStride, dw, own);
      }
      case MULTIPLY_AND_STORE -> {
        int panel = task / inputBlocks;
        int block = task % inputBlocks;
        for (int point = 0; point < points; point++) {
          int at = own + point * sumStride;
          operands.multiply(point, panel, block, count, scratch, Tile.SCRATCH_START, at, false, at);
        }
        results.store(panel, block, scratch, own, sumStride, dw, own + points * sumStride);
      }
    }
  }

  private int sumsAt(int panel, int point) {
    return Tile.SCRATCH_START + operands.floats() + (panel * points + point) * sumStride;
  }
}
