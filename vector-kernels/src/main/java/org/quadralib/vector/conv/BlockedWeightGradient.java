package org.quadralib.vector.conv;

import java.util.Arrays;
import org.quadralib.vector.gemm.Memory;
import org.quadralib.vector.gemm.TallGradientTile;
import org.quadralib.vector.gemm.Tile;
import org.quadralib.vector.gemm.TileKernels;
import org.quadralib.vector.gemm.Transpose;
import org.quadralib.vector.parallel.ParallelTask;
import org.quadralib.vector.parallel.WorkerPool;

/**
 * Weight gradient as a product whose depth is the pixels of the batch. Filters of all maps are the
 * columns of its tiles, so only g is transposed; x is read from a padded copy through a table of
 * pixel offsets and is not unfolded. The batch is divided into a fixed number of slices, whose sums
 * are added in order.
 */
final class BlockedWeightGradient implements WeightGradientKernel, ParallelTask {

  /**
   * Rows of a tile. A rest of rows takes a tile of the same kind: another would be called so rarely
   * that it is not compiled for dozens of steps.
   */
  private static final int TILE_ROWS =
      TallGradientTile.fits() ? TallGradientTile.ROWS : Tile.GRADIENT_ROWS;

  /** Rows (channels × taps) and columns (filters of all maps) of a task's block of sums. */
  private static final int SUM_ROWS = 640;

  private static final int SUM_COLUMNS = 192;

  /**
   * Pixels whose products are summed at a time: a panel of gradients should stay in the L1 cache.
   */
  private static final int PIXELS = 256;

  /** Floats of the padded input of a block of pixels. */
  private static final int INPUT_FLOATS = 48 * 1024;

  /** Tasks there should be at least, and floats that the sums of slices may take to get there. */
  private static final int LEAST_TASKS = 32;

  private static final int SLICE_FLOATS = 1024 * 1024;

  /** Filters and weights of a filter that are transposed into the result at a time. */
  private static final int SQUARE = 16;

  private static final int RUN = 64;

  private final ConvShape shape;
  private final int taps;
  private final RowBlocks filters;
  private final int channelBlock;
  private final int channelBlocks;
  private final PixelBlocks pixels;
  private final InputBlocks inputs;
  private final GradientPanels gradients;
  private final int[] rowAt;
  private final int slices;
  private final int sumStride;
  private final int sumFloats;
  private final int panelFloats;
  private final int sharedFloats;
  private final int workerFloats;

  // The run in progress.
  private long[] x = {};
  private long[] g = {};
  private long[] dw = {};
  private float[] scratch = {};
  private boolean reducing;

  BlockedWeightGradient(ConvShape shape, int maps) {
    this.shape = shape;
    TapProblem problem = TapProblem.forward(shape, maps);
    taps = shape.kernelSize();
    filters = new RowBlocks(maps, shape.filtersPerGroup(), SUM_COLUMNS);
    int channels = shape.channelsPerGroup();
    channelBlocks = Math.ceilDiv(channels, Math.max(1, SUM_ROWS / taps));
    channelBlock = Math.ceilDiv(channels, channelBlocks);
    pixels = pixelBlocks(problem.taps());
    inputs = new InputBlocks(problem, pixels, channelBlock);
    gradients = new GradientPanels(shape, filters, pixels);
    rowAt = Arrays.copyOf(inputs.index, Tile.roundUp(inputs.index.length, TILE_ROWS));
    sumStride = Tile.roundUp(filters.mostRows(), Tile.GRADIENT_COLUMNS);
    sumFloats = rowAt.length * sumStride;
    long afforded = SLICE_FLOATS / ((long) parts() * sumFloats);
    int wanted = Math.min(pixels.imageBlocks(), Math.ceilDiv(LEAST_TASKS, parts()));
    slices = Math.clamp(afforded, 1, wanted);
    // One slice needs no sums but those in progress.
    sharedFloats = slices == 1 ? 0 : slices * parts() * sumFloats;
    panelFloats = Tile.roundUp(Math.max(gradients.floats(), SQUARE * RUN), Tile.LANES);
    int ownSums = slices == 1 ? sumFloats : 0;
    workerFloats = inputs.floats + panelFloats + ownSums + TallGradientTile.FLOATS;
  }

  private PixelBlocks pixelBlocks(Taps reads) {
    int columns = Math.min(reads.columns(), PIXELS);
    int mostRows = InputBlocks.mostRows(reads, columns, channelBlock, INPUT_FLOATS);
    return PixelBlocks.of(
        shape.batch(), reads.rows(), reads.columns(), PIXELS, mostRows, Tile.LANES, true);
  }

  private int parts() {
    return shape.groups() * channelBlocks * filters.count();
  }

  @Override
  public String algorithm() {
    return "direct";
  }

  @Override
  public int scratchFloats(int threads) {
    return Tile.SCRATCH_START + sharedFloats + threads * workerFloats;
  }

  @Override
  public void run(WorkerPool pool, long[] x, long[] g, long[] dw, float[] scratch) {
    this.x = x;
    this.g = g;
    this.dw = dw;
    this.scratch = scratch;
    reducing = false;
    pool.parallelFor(slices * parts(), this);
    if (slices > 1) {
      reducing = true;
      pool.parallelFor(parts() * squares(), this);
    }
  }

  /** One task of the loop in progress; called by the pool. */
  @Override
  public void run(int task, int worker) {
    int copy = Tile.SCRATCH_START + sharedFloats + worker * workerFloats;
    if (reducing) {
      int part = task / squares();
      int row = task % squares() * SQUARE;
      addSlices(part, row);
      store(part, row, sumsAt(0, part), copy + inputs.floats);
    } else if (slices == 1) {
      int sums = copy + inputs.floats + panelFloats;
      sumSlice(0, task, sums, copy);
      for (int row = 0; row < filters.mostRows(); row += SQUARE) {
        store(task, row, sums, copy + inputs.floats);
      }
    } else {
      sumSlice(task / parts(), task % parts(), sumsAt(task / parts(), task % parts()), copy);
    }
  }

  private void sumSlice(int slice, int part, int sums, int copy) {
    int from = (int) ((long) pixels.imageBlocks() * slice / slices);
    int to = (int) ((long) pixels.imageBlocks() * (slice + 1) / slices);
    int perImageBlock = pixels.blocksPerImageBlock();
    int filterBlock = part % filters.count();
    int channel = part / filters.count() % channelBlocks * channelBlock;
    int group = part / filters.count() / channelBlocks;
    int channels = Math.min(channelBlock, shape.channelsPerGroup() - channel);
    int panels = copy + inputs.floats;
    for (int block = from * perImageBlock; block < to * perImageBlock; block++) {
      inputs.fill(x, block, group, channel, channels, scratch, copy);
      gradients.pack(g, block, group, filterBlock, scratch, panels);
      boolean add = block > from * perImageBlock;
      int tile = copy + workerFloats - TallGradientTile.FLOATS;
      multiply(block, filters.rowsOf(filterBlock), channels * taps, copy, panels, sums, add, tile);
    }
  }

  private void multiply(
      int block, int columns, int rows, int copy, int panels, int sums, boolean add, int tile) {
    int count = pixels.pixelsOf(block);
    int[] pixelBase = inputs.pixelBase();
    for (int j = 0; j < columns; j += Tile.GRADIENT_COLUMNS) {
      int right = panels + j * count;
      int at = sums + j;
      for (int k = 0; k < rows; k += TILE_ROWS) {
        if (TallGradientTile.fits()) {
          multiplyTall(count, k, copy, pixelBase, right, at, add, tile);
        } else {
          TileKernels.gathered(
              count, scratch, rowAt, k, copy, pixelBase, right, at, sumStride, add);
        }
        at += TILE_ROWS * sumStride;
      }
    }
  }

  private void multiplyTall(
      int count, int k, int copy, int[] pixelBase, int right, int at, boolean add, int tile) {
    int to = add ? tile : at;
    int stride = add ? Tile.GRADIENT_COLUMNS : sumStride;
    TallGradientTile.apply(count, scratch, rowAt, k, copy, pixelBase, right, to, stride);
    for (int i = 0; add && i < TallGradientTile.ROWS; i++) {
      int row = tile + i * Tile.GRADIENT_COLUMNS;
      Tile.add(scratch, row, at + i * sumStride, Tile.GRADIENT_COLUMNS);
    }
  }

  private int sumsAt(int slice, int part) {
    return Tile.SCRATCH_START + (slice * parts() + part) * sumFloats;
  }

  /** Tasks that share the sums of a part when slices are added. */
  private int squares() {
    return Math.ceilDiv(filters.mostRows(), SQUARE);
  }

  /** Adds the other slices to the first, in order, for some filters of a part. */
  private void addSlices(int part, int row) {
    int columns = Math.min(SQUARE, sumStride - row);
    for (int slice = 1; slice < slices; slice++) {
      int to = sumsAt(0, part) + row;
      int from = sumsAt(slice, part) + row;
      for (int k = 0; k < rowAt.length; k++) {
        Tile.add(scratch, from, to, columns);
        from += sumStride;
        to += sumStride;
      }
    }
  }

  /** Transposes the sums of some filters into the weight gradients. */
  private void store(int part, int row, int sums, int staging) {
    int filterBlock = part % filters.count();
    int channel = part / filters.count() % channelBlocks * channelBlock;
    int group = part / filters.count() / channelBlocks;
    int depth = Math.min(channelBlock, shape.channelsPerGroup() - channel) * taps;
    int perMap = filters.channelsOf(filterBlock);
    int rows = filters.rowsOf(filterBlock);
    long first = (long) group * shape.filtersPerGroup() + filters.firstChannel(filterBlock);
    int columns = Math.min(SQUARE, rows - row);
    for (int k = 0; columns > 0 && k < depth; k += RUN) {
      int run = Math.min(RUN, depth - k);
      Transpose.apply(scratch, sums + k * sumStride + row, sumStride, staging, RUN, run, columns);
      for (int i = 0; i < columns; i++) {
        long filter = first + (row + i) % perMap;
        long place = (filter * shape.channelsPerGroup() + channel) * taps + k;
        Memory.write(scratch, staging + i * RUN, run, 0f, dw[(row + i) / perMap] + 4 * place);
      }
    }
  }
}
