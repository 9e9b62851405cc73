package org.quadralib.vector.conv;

import org.quadralib.vector.gemm.Tile;
import org.quadralib.vector.parallel.ParallelTask;
import org.quadralib.vector.parallel.WorkerPool;

/**
 * The weight gradient of {@link WinogradWeightGradient} for few channels and filters: each task
 * takes a part of the tiles through all stages, in portions that stay in its second-level cache
 * together with the part's own sums. In the end the sums of the parts are added, in their order.
 */
final class WinogradPartialGradients implements WeightGradientKernel, ParallelTask {
  private static final int LANES = Tile.LANES;

  /** Floats of the sums of a part, at most. */
  private static final int MOST_SUMS = 128 << 10;

  /** Floats of a portion of transformed tiles, together with the sums. */
  private static final int CACHE_FLOATS = 224 << 10;

  /** Tiles of a part, so that there is enough to do before sums are added. */
  private static final int PART_TILES = 256;

  private static final int MOST_PARTS = 32;

  private final WinogradTiles tiles;
  private final WinogradGradientPanels operands;
  private final WinogradFilterGradients results;
  private final int edge;
  private final int points;
  private final int inputBlocks;
  private final int panels;
  private final int portion;
  private final int parts;
  private final int sumStride; // from point to point
  private final int blockStride; // from one pair of a panel and a vector of channels to the next
  private final int sumFloats;
  private final int workerFloats;

  private long[] x = new long[0];
  private long[] g = new long[0];
  private long[] dw = new long[0];
  private float[] scratch = new float[0];
  private boolean adding;

  /**
   * Plans a gradient.
   *
   * @param edge rows and columns of a tile of outputs, 2 or 4
   */
  WinogradPartialGradients(ConvShape shape, int maps, int edge) {
    this.edge = edge;
    WinogradTransform transform = WinogradTransform.of(edge);
    points = transform.points();
    tiles = new WinogradTiles(shape.batch(), shape.outputHeight(), shape.outputWidth(), edge);
    inputBlocks = WinogradGradientPanels.inputBlocks(shape);
    panels = WinogradGradientPanels.panels(shape, maps);
    sumStride = LANES * WinogradGradientPanels.columns(shape, maps);
    blockStride = points * sumStride + LANES;
    sumFloats = panels * inputBlocks * blockStride;
    int perTile = WinogradGradientPanels.floatsPerTile(shape, maps, transform);
    portion = Math.clamp((CACHE_FLOATS - sumFloats) / perTile / 8 * 8, 8, 64);
    operands = new WinogradGradientPanels(shape, maps, transform, tiles, portion, portion);
    results = new WinogradFilterGradients(shape, maps, transform);
    parts = Math.clamp(tiles.count() / PART_TILES, 1, MOST_PARTS);
    workerFloats = operands.floats() + Math.max(operands.scratchFloats(), results.scratchFloats());
  }

  /** Whether the sums of a part fit the cache, and there are parts enough to share out. */
  static boolean suits(ConvShape shape, int maps, int edge) {
    long points = (edge + 2L) * (edge + 2L);
    long sums =
        points
            * WinogradGradientPanels.inputBlocks(shape)
            * LANES
            * WinogradGradientPanels.panels(shape, maps)
            * WinogradGradientPanels.columns(shape, maps);
    int tiles =
        new WinogradTiles(shape.batch(), shape.outputHeight(), shape.outputWidth(), edge).count();
    return sums <= MOST_SUMS && tiles >= 2 * PART_TILES;
  }

  @Override
  public String algorithm() {
    return Winograd.algorithm(edge);
  }

  @Override
  public int scratchFloats(int threads) {
    return Tile.SCRATCH_START + parts * sumFloats + threads * workerFloats;
  }

  @Override
  public void run(WorkerPool pool, long[] x, long[] g, long[] dw, float[] scratch) {
    this.x = x;
    this.g = g;
    this.dw = dw;
    this.scratch = scratch;
    adding = false;
    pool.parallelFor(parts, this);
    adding = true;
    pool.parallelFor(panels * inputBlocks, this);
  }

  /** One task of the loop in progress; called by the pool. */
  @Override
  public void run(int task, int worker) {
    int own = Tile.SCRATCH_START + parts * sumFloats + worker * workerFloats;
    if (adding) {
      addParts(task, own);
    } else {
      sumPart(task, own);
    }
  }

  private void sumPart(int part, int own) {
    int end = (int) ((part + 1L) * tiles.count() / parts);
    int begin = (int) ((long) part * tiles.count() / parts);
    int free = own + operands.floats();
    for (int tile = begin; tile < end; tile += portion) {
      int some = Math.min(portion, end - tile);
      // What fills up the last panel stays zero.
      int blocks = tile == begin ? operands.blocks() : operands.usedBlocks();
      for (int block = 0; block < blocks; block++) {
        operands.transform(x, g, block, tile, 0, some, scratch, own, free);
      }
      for (int pair = 0; pair < panels * inputBlocks; pair++) {
        int sums = Tile.SCRATCH_START + part * sumFloats + pair * blockStride;
        for (int point = 0; point < points; point++) {
          int at = sums + point * sumStride;
          operands.multiply(
              point,
              pair / inputBlocks,
              pair % inputBlocks,
              some,
              scratch,
              own,
              at,
              tile > begin,
              free);
        }
      }
    }
  }

  private void addParts(int pair, int free) {
    int sums = Tile.SCRATCH_START + pair * blockStride;
    for (int part = 1; part < parts; part++) {
      Tile.add(scratch, part * sumFloats + sums, sums, points * sumStride);
    }
    results.store(pair / inputBlocks, pair % inputBlocks, scratch, sums, sumStride, dw, free);
  }
}
