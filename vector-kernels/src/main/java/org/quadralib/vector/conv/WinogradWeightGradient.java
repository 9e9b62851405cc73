package org.quadralib.vector.conv;

import java.util.Arrays;
import org.quadralib.vector.gemm.Memory;
import org.quadralib.vector.gemm.Tile;
import org.quadralib.vector.gemm.TileKernels;
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

  /** Floats of transformed tiles that are kept at a time: they should stay in the last cache. */
  private static final int CHUNK_FLOATS = 4 << 20;

  /** Floats of sums beyond which another way is taken. */
  static final int MOST_SUMS = 8 << 20;

  /** Tiles that one task transforms. */
  private static final int TASK_TILES = 32;

  private final ConvShape shape;
  private final int maps;
  private final WinogradTransform transform;
  private final WinogradTiles tiles;
  private final WinogradInput inputs;
  private final WinogradInput gradients;
  private final int points;
  private final int inputBlocks;
  private final int outputBlocks;
  private final int panels;
  private final int chunk;
  private final boolean atOnce;
  private final int inputStride; // from point to point
  private final int gradientStride;
  private final int sumStride;
  private final int inputFloats;
  private final int gradientFloats;
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
    this.shape = shape;
    this.maps = maps;
    transform = WinogradTransform.of(edge);
    points = transform.points();
    tiles = new WinogradTiles(shape.batch(), shape.outputHeight(), shape.outputWidth(), edge);
    inputs =
        WinogradInput.ofInput(
            transform,
            tiles,
            shape.channels(),
            shape.height(),
            shape.width(),
            shape.paddingHeight(),
            shape.paddingWidth(),
            TASK_TILES);
    gradients = WinogradInput.ofOutputGradient(transform, tiles, shape.filters(), TASK_TILES);
    inputBlocks = Math.ceilDiv(shape.channels(), LANES);
    outputBlocks = Math.ceilDiv(shape.filters(), LANES);
    panels = Math.ceilDiv(maps * outputBlocks, 2);
    int perTile = points * (inputBlocks * LANES + panels * Tile.COLUMNS);
    int most = Math.max(1, CHUNK_FLOATS / perTile / TASK_TILES) * TASK_TILES;
    chunk = Math.min(most, tiles.count());
    // One vector more than needed, lest all points share a few cache sets.
    inputStride = inputBlocks * chunk * LANES + LANES;
    gradientStride = panels * chunk * Tile.COLUMNS + LANES;
    atOnce = chunk == tiles.count();
    sumStride = (atOnce ? 1 : inputBlocks) * LANES * Tile.COLUMNS + LANES;
    inputFloats = points * inputStride;
    gradientFloats = points * gradientStride;
    sumFloats = atOnce ? 0 : panels * points * sumStride;
    int store = (3 * transform.size() + 9) * LANES + (atOnce ? points * sumStride : 0);
    workerFloats = Math.max(store, Math.max(inputs.scratchFloats(), gradients.scratchFloats()));
  }

  /** Whether the algorithm applies and its sums take no more memory than they should. */
  static boolean fits(ConvShape shape, int maps, int edge) {
    if (shape.kernelHeight() != 3
        || shape.kernelWidth() != 3
        || shape.strideHeight() != 1
        || shape.strideWidth() != 1
        || shape.dilationHeight() != 1
        || shape.dilationWidth() != 1
        || shape.groups() != 1) {
      return false;
    }
    long points = (edge + 2L) * (edge + 2L);
    long channels = Tile.roundUp(shape.channels(), LANES);
    long filters = Tile.roundUp(maps * Tile.roundUp(shape.filters(), LANES), Tile.COLUMNS);
    int tiles =
        new WinogradTiles(shape.batch(), shape.outputHeight(), shape.outputWidth(), edge).count();
    return Math.min(tiles, TASK_TILES) * points * (channels + filters) <= MOST_SUMS
        && (tiles * points * (channels + filters) <= CHUNK_FLOATS
            || points * channels * filters <= MOST_SUMS);
  }

  @Override
  public int scratchFloats(int threads) {
    return inputFloats + gradientFloats + sumFloats + threads * workerFloats;
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
      int blocks = inputBlocks + 2 * panels;
      pool.parallelFor(Math.ceilDiv(count, TASK_TILES) * blocks, this);
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
    int own = inputFloats + gradientFloats + sumFloats + worker * workerFloats;
    switch (stage) {
      case TRANSFORM -> {
        int blocks = inputBlocks + 2 * panels;
        transform(task / blocks * TASK_TILES, task % blocks, own);
      }
      case MULTIPLY -> {
        int sums = sumsAt(task % panels, task / panels);
        for (int block = 0; block < inputBlocks; block++) {
          int at = sums + block * LANES * Tile.COLUMNS;
          multiply(task / panels, task % panels, block, at);
        }
      }
      case STORE -> {
        int block = task % inputBlocks;
        int sums = sumsAt(task / inputBlocks, 0) + block * LANES * Tile.COLUMNS;
        storePanel(task / inputBlocks, block, sums, own);
      }
      case MULTIPLY_AND_STORE -> {
        int block = task % inputBlocks;
        for (int point = 0; point < points; point++) {
          multiply(point, task / inputBlocks, block, own + point * sumStride);
        }
        storePanel(task / inputBlocks, block, own, own + points * sumStride);
      }
    }
  }

  /** Transforms some tiles of one vector of channels: of x, or of g. */
  private void transform(int tile, int block, int own) {
    int some = Math.min(TASK_TILES, count - tile);
    if (block < inputBlocks) {
      int to = (block * chunk + tile) * LANES;
      inputs.transform(x[0], block, first + tile, some, scratch, own, to, inputStride, LANES);
      return;
    }
    int vector = block - inputBlocks;
    int to = inputFloats + (vector / 2 * chunk + tile) * Tile.COLUMNS + vector % 2 * LANES;
    int map = vector / outputBlocks;
    if (map < maps) {
      gradients.transform(
          g[map],
          vector % outputBlocks,
          first + tile,
          some,
          scratch,
          own,
          to,
          gradientStride,
          Tile.COLUMNS);
      return;
    }
    for (int p = 0; p < points; p++) {
      for (int t = 0; t < some; t++) {
        int at = to + p * gradientStride + t * Tile.COLUMNS;
        Arrays.fill(scratch, at, at + LANES, 0f);
      }
    }
  }

  /**
   * Adds the products of all tiles at one point, for a vector of channels and a panel of filters.
   */
  private void multiply(int point, int panel, int block, int sums) {
    int right = inputFloats + point * gradientStride + panel * chunk * Tile.COLUMNS;
    int left = point * inputStride + block * chunk * LANES;
    for (int row = 0; row < LANES; row += Tile.ROWS) {
      int at = sums + row * Tile.COLUMNS;
      TileKernels.stepped(count, scratch, left + row, LANES, right, at, Tile.COLUMNS, first > 0);
    }
  }

  private int sumsAt(int panel, int point) {
    return inputFloats + gradientFloats + (panel * points + point) * sumStride;
  }

  /** Transforms the sums of a vector of channels and a panel of filters into weight gradients. */
  private void storePanel(int panel, int block, int sums, int free) {
    storeVector(2 * panel, block, sums, free);
    storeVector(2 * panel + 1, block, sums + LANES, free);
  }

  /** The same for one vector of filters. */
  private void storeVector(int vector, int block, int sums, int free) {
    int map = vector / outputBlocks;
    if (map >= maps) {
      return;
    }
    int size = transform.size();
    int half = free;
    int taps = free + 3 * size * LANES;
    int filter = vector % outputBlocks * LANES;
    int filters = Math.min(LANES, shape.filters() - filter);
    int channels = Math.min(LANES, shape.channels() - block * LANES);
    WinogradTransform.Line line = transform.filterGradient();
    for (int c = 0; c < channels; c++) {
      int channel = block * LANES + c;
      int from = sums + c * Tile.COLUMNS;
      WinogradTransform.apply(
          line, scratch, from, sumStride, size * sumStride, half, LANES, 3 * LANES, size);
      WinogradTransform.apply(line, scratch, half, 3 * LANES, LANES, taps, 3 * LANES, LANES, 3);
      for (int l = 0; l < filters; l++) {
        long address = dw[map] + 4L * 9 * ((filter + l) * (long) shape.channels() + channel);
        for (int t = 0; t < 9; t++) {
          Memory.set(address + 4L * t, scratch[taps + t * LANES + l]);
        }
      }
    }
  }
}
