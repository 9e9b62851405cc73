package org.quadralib.vector.conv;

import java.util.Arrays;
import org.quadralib.vector.gemm.Memory;
import org.quadralib.vector.gemm.Tile;
import org.quadralib.vector.gemm.TileKernels;
import org.quadralib.vector.gemm.Transpose;
import org.quadralib.vector.parallel.ParallelTask;
import org.quadralib.vector.parallel.WorkerPool;

/**
 * Weight gradient of the convolutions that {@link TwoByTwoConvolution} computes: for each of the
 * nine taps one product of output gradients and inputs, whose depth runs over the images and the
 * pairs of pixels that meet at the tap. What lies outside of the image is not multiplied.
 */
final class TwoByTwoWeightGradient implements WeightGradientKernel, ParallelTask {
  private static final int PIXELS = 4;
  private static final int TAPS = 9;
  private static final int LANES = Tile.LANES;
  private static final int ROWS = Tile.ROWS;
  private static final int COLUMNS = Tile.COLUMNS;

  /** Images below which copying costs more than products do. */
  private static final int LEAST_IMAGES = 8;

  /** Floats of the rearranged operands beyond which another way is taken. */
  private static final long MOST_FLOATS = 8 << 20;

  /** Floats of the gradients of a tile of filters that are put together before they are stored. */
  private static final int STORED_FLOATS = 64 * 1024;

  private final ConvShape shape;
  private final int maps;
  private final int imageBlocks;
  private final int filterTiles;
  private final int panels;
  private final int tileStride; // from one tile of filters to the next
  private final int panelStride; // from one panel of channels to the next
  private final int storedPanels; // panels of channels whose gradients are stored together
  private final int storedStride; // from filter to filter of what is stored
  private final int sumStride; // from tap to tap
  private final int workerFloats;
  private final int[][] gradients = new int[TAPS][];
  private final int[][] inputs = new int[TAPS][];

  private long[] x = new long[0];
  private long[] g = new long[0];
  private long[] dw = new long[0];
  private float[] scratch = new float[0];
  private boolean arranging;

  TwoByTwoWeightGradient(ConvShape shape, int maps) {
    this.shape = shape;
    this.maps = maps;
    imageBlocks = Math.ceilDiv(shape.batch(), LANES);
    filterTiles = Math.ceilDiv(shape.filters(), ROWS);
    panels = Math.ceilDiv(shape.channels(), COLUMNS);
    // One vector more than needed, lest all of them share a few cache sets.
    tileStride = PIXELS * imageBlocks * ROWS * LANES + LANES;
    panelStride = PIXELS * shape.batch() * COLUMNS + LANES;
    sumStride = ROWS * COLUMNS + LANES;
    storedPanels = Math.clamp(STORED_FLOATS / (ROWS * COLUMNS * TAPS), 1, panels);
    storedStride = storedPanels * COLUMNS * TAPS + LANES;
    int multiply = TAPS * sumStride + ROWS * storedStride;
    int arrange = 2 * LANES * ROWS * PIXELS + COLUMNS * PIXELS;
    workerFloats = Tile.roundUp(Math.max(multiply, arrange) + LANES, LANES);
    for (int tap = 0; tap < TAPS; tap++) {
      gradients[tap] = new int[pairs(tap) * shape.batch()];
      inputs[tap] = new int[gradients[tap].length];
      list(tap);
    }
  }

  /** Pairs of pixels that meet at a tap. */
  private static int pairs(int tap) {
    return (tap / 3 == 1 ? 2 : 1) * (tap % 3 == 1 ? 2 : 1);
  }

  private void list(int tap) {
    int at = 0;
    for (int out = 0; out < PIXELS; out++) {
      int row = out / 2 + tap / 3 - 1;
      int column = out % 2 + tap % 3 - 1;
      if (row < 0 || row > 1 || column < 0 || column > 1) {
        continue;
      }
      for (int n = 0; n < shape.batch(); n++) {
        gradients[tap][at] = (out * imageBlocks + n / LANES) * ROWS * LANES + n % LANES;
        inputs[tap][at] = ((row * 2 + column) * shape.batch() + n) * COLUMNS;
        at++;
      }
    }
  }

  /** Whether this is such a convolution, and its channels and filters fill the tiles. */
  static boolean suits(ConvShape shape, int maps) {
    long images = Tile.roundUp(shape.batch(), LANES);
    long floats = PIXELS * images * (shape.channels() + (long) maps * shape.filters());
    return shape.kernelHeight() == 3
        && shape.kernelWidth() == 3
        && shape.strideHeight() == 1
        && shape.strideWidth() == 1
        && shape.dilationHeight() == 1
        && shape.dilationWidth() == 1
        && shape.paddingHeight() == 1
        && shape.paddingWidth() == 1
        && shape.groups() == 1
        && shape.height() == 2
        && shape.width() == 2
        && shape.batch() >= LEAST_IMAGES
        && 4 * shape.channels() >= 3 * Tile.roundUp(shape.channels(), COLUMNS)
        && 4 * shape.filters() >= 3 * Tile.roundUp(shape.filters(), ROWS)
        && floats <= MOST_FLOATS;
  }

  @Override
  public String algorithm() {
    return "a product per tap";
  }

  @Override
  public int scratchFloats(int threads) {
    return Tile.SCRATCH_START
        + maps * filterTiles * tileStride
        + panels * panelStride
        + threads * workerFloats;
  }

  @Override
  public void run(WorkerPool pool, long[] x, long[] g, long[] dw, float[] scratch) {
    this.x = x;
    this.g = g;
    this.dw = dw;
    this.scratch = scratch;
    arranging = true;
    pool.parallelFor(maps * filterTiles + panels, this);
    arranging = false;
    pool.parallelFor(maps * filterTiles, this);
  }

  /** One task of the loop in progress; called by the pool. */
  @Override
  public void run(int task, int worker) {
    int own =
        Tile.SCRATCH_START
            + maps * filterTiles * tileStride
            + panels * panelStride
            + worker * workerFloats;
    if (!arranging) {
      multiply(task, scratch, own);
    } else if (task < maps * filterTiles) {
      arrangeGradients(task, scratch, own);
    } else {
      arrangeInputs(task - maps * filterTiles, scratch, own);
    }
  }

  private static int gradientsAt() {
    return Tile.SCRATCH_START;
  }

  private int inputsAt() {
    return gradientsAt() + maps * filterTiles * tileStride;
  }

  /** Rearranges a tile of filters: {@code [pixels][vectors of images][ROWS][LANES]}. */
  private void arrangeGradients(int tile, float[] s, int free) {
    int filter = tile % filterTiles * ROWS;
    int filters = Math.min(ROWS, shape.filters() - filter);
    int floats = filters * PIXELS;
    int columns = free + LANES * ROWS * PIXELS;
    int to = gradientsAt() + tile * tileStride;
    for (int block = 0; block < imageBlocks; block++) {
      int images = Math.min(LANES, shape.batch() - block * LANES);
      for (int i = 0; i < images; i++) {
        long first = (long) (block * LANES + i) * shape.filters() + filter;
        long from = g[tile / filterTiles] + 4 * first * PIXELS;
        Memory.read(from, s, free + i * ROWS * PIXELS, floats);
      }
      Transpose.apply(s, free, ROWS * PIXELS, columns, LANES, images, floats);
      for (int i = 0; i < floats; i++) {
        int pixel = i % PIXELS;
        int at = to + ((pixel * imageBlocks + block) * ROWS + i / PIXELS) * LANES;
        System.arraycopy(s, columns + i * LANES, s, at, LANES);
      }
    }
  }

  /** Rearranges a panel of channels: {@code [pixels][images][COLUMNS]}. */
  private void arrangeInputs(int panel, float[] s, int free) {
    int channel = panel * COLUMNS;
    int channels = Math.min(COLUMNS, shape.channels() - channel);
    int to = inputsAt() + panel * panelStride;
    if (channels < COLUMNS) {
      Arrays.fill(s, to, to + panelStride, 0f);
    }
    int pixelStride = shape.batch() * COLUMNS;
    for (int n = 0; n < shape.batch(); n++) {
      long first = (long) n * shape.channels() + channel;
      Memory.read(x[0] + 4 * first * PIXELS, s, free, channels * PIXELS);
      Transpose.apply(s, free, PIXELS, to + n * COLUMNS, pixelStride, channels, PIXELS);
    }
  }

  /** Computes the gradients of a tile of filters. */
  private void multiply(int tile, float[] s, int sums) {
    int from = gradientsAt() + tile * tileStride;
    int filter = tile % filterTiles * ROWS;
    int filters = Math.min(ROWS, shape.filters() - filter);
    int free = sums + TAPS * sumStride;
    for (int panel = 0; panel < panels; panel++) {
      int right = inputsAt() + panel * panelStride;
      for (int tap = 0; tap < TAPS; tap++) {
        int[] index = gradients[tap];
        int to = sums + tap * sumStride;
        TileKernels.matched(index.length, s, from, index, right, inputs[tap], to, COLUMNS);
      }
      int inStored = panel % storedPanels;
      int end = Math.min(shape.channels(), (panel + 1) * COLUMNS);
      for (int i = 0; i < filters; i++) {
        int at = free + i * storedStride + inStored * COLUMNS * TAPS;
        int channels = end - panel * COLUMNS;
        Transpose.apply(s, sums + i * COLUMNS, sumStride, at, TAPS, TAPS, channels);
      }
      // Long runs of memory are written faster than short ones.
      if (inStored == storedPanels - 1 || panel == panels - 1) {
        int channel = (panel - inStored) * COLUMNS;
        for (int i = 0; i < filters; i++) {
          long first = (long) (filter + i) * shape.channels() + channel;
          int count = (end - channel) * TAPS;
          long address = dw[tile / filterTiles] + 4 * first * TAPS;
          Memory.write(s, free + i * storedStride, count, 0f, address);
        }
      }
    }
  }
}
