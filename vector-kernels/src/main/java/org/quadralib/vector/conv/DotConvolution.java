package org.quadralib.vector.conv;

import java.util.Arrays;
import org.quadralib.vector.gemm.DotTile;
import org.quadralib.vector.gemm.Memory;
import org.quadralib.vector.gemm.Tile;
import org.quadralib.vector.parallel.ParallelTask;
import org.quadralib.vector.parallel.WorkerPool;

/**
 * A convolution of few pixels, above all that of a single image in the deep layers of a network:
 * its time is that of reading the weights. What a pixel reads is unfolded once, so that each output
 * is the dot product of two runs of memory, and weights are used as they lie, once.
 */
final class DotConvolution implements TapKernel, ParallelTask {
  /** Pixels, over all images, beyond which weights are used often enough to be packed. */
  private static final int MOST_PIXELS = 16;

  /** Floats of a filter that are multiplied at a time: those of a tile should stay in a cache. */
  private static final int CHUNK = 1152;

  /** Output channels of a task. */
  private static final int BLOCK = 2 * DotTile.EDGE;

  private static final int LANES = Tile.LANES;

  private final TapProblem problem;
  private final int depth;
  private final int pixels;
  private final int pixelsPerImage;
  private final int tilePixels; // rounded up to whole tiles
  private final int unfoldedStride; // from pixel to pixel
  private final int weightStride; // from filter to filter, as copied
  private final int sumStride;
  private final int workerFloats;
  private final int[] reads; // for each pixel of an image and each tap; −1 outside of the image
  private final int[] pixelAt;
  private final int[] vectorAt;

  private long[] input = new long[0];
  private long[] weights = new long[0];
  private Epilogue epilogue = (sums, at, mapStride, channel, count, position, step) -> {};
  private float[] scratch = new float[0];
  private boolean unfolding;

  DotConvolution(TapProblem problem) {
    this.problem = problem;
    Taps taps = problem.taps();
    depth = problem.inputChannels() * taps.count();
    pixelsPerImage = taps.rows() * taps.columns();
    pixels = problem.batch() * pixelsPerImage;
    tilePixels = Tile.roundUp(pixels, DotTile.EDGE);
    // One vector more than needed, lest all pixels share a few cache sets.
    unfoldedStride = Tile.roundUp(depth, LANES) + LANES;
    weightStride = Tile.roundUp(Math.min(depth, CHUNK), LANES) + LANES;
    sumStride = tilePixels * LANES;
    workerFloats =
        DotTile.EDGE * (weightStride + sumStride)
            + Tile.roundUp(problem.outputMaps() * BLOCK * pixels, LANES);
    reads = new int[pixelsPerImage * taps.count()];
    for (int i = 0; i < reads.length; i++) {
      int pixel = i / taps.count();
      int tap = i % taps.count();
      int y = pixel / taps.columns() * taps.strideY() + taps.y()[tap] - taps.padTop();
      int x = pixel % taps.columns() * taps.strideX() + taps.x()[tap] - taps.padLeft();
      boolean inside = y >= 0 && y < problem.height() && x >= 0 && x < problem.width();
      reads[i] = inside ? y * problem.width() + x : -1;
    }
    pixelAt = new int[tilePixels];
    Arrays.setAll(pixelAt, pixel -> Math.min(pixel, pixels - 1) * unfoldedStride);
    vectorAt = new int[weightStride / LANES];
    Arrays.setAll(vectorAt, vector -> vector * LANES);
  }

  /** Whether the pixels are few and each filter lies in one run of memory. */
  static boolean suits(TapProblem problem) {
    Taps taps = problem.taps();
    return problem.groups() == 1
        && problem.inputMaps() == 1
        && taps.count() > 0
        && taps.count() == problem.channelStride()
        && problem.rowStride() == problem.inputChannels() * taps.count()
        && problem.planeHeight() == taps.rows()
        && problem.planeWidth() == taps.columns()
        && (long) problem.batch() * taps.rows() * taps.columns() <= MOST_PIXELS;
  }

  @Override
  public String algorithm() {
    return "dot products";
  }

  @Override
  public int scratchFloats(int threads) {
    return Tile.SCRATCH_START + pixels * unfoldedStride + threads * workerFloats;
  }

  @Override
  public void run(
      WorkerPool pool, long[] input, long[] weights, Epilogue epilogue, float[] scratch) {
    this.input = input;
    this.weights = weights;
    this.epilogue = epilogue;
    this.scratch = scratch;
    unfolding = true;
    pool.parallelFor(pixels, this);
    unfolding = false;
    pool.parallelFor(Math.ceilDiv(problem.outputChannels(), BLOCK), this);
  }

  /** One task of the loop in progress; called by the pool. */
  @Override
  public void run(int task, int worker) {
    if (unfolding) {
      unfold(task, scratch);
    } else {
      int own = Tile.SCRATCH_START + pixels * unfoldedStride + worker * workerFloats;
      multiply(task * BLOCK, scratch, own);
    }
  }

  /** Writes what a pixel reads, in the order of a filter's weights; zeros fill the last vector. */
  private void unfold(int pixel, float[] s) {
    int taps = problem.taps().count();
    int plane = problem.height() * problem.width();
    int first = pixel % pixelsPerImage * taps;
    long channel = input[0] + 4L * (pixel / pixelsPerImage) * problem.inputChannels() * plane;
    int at = Tile.SCRATCH_START + pixel * unfoldedStride;
    int end = at + unfoldedStride;
    for (int c = 0; c < problem.inputChannels(); c++) {
      for (int t = 0; t < taps; t++) {
        int read = reads[first + t];
        s[at++] = read < 0 ? 0f : Memory.get(channel + 4L * read);
      }
      channel += 4L * plane;
    }
    Arrays.fill(s, at, end, 0f);
  }

  private void multiply(int firstChannel, float[] s, int own) {
    int channels = Math.min(BLOCK, problem.outputChannels() - firstChannel);
    int outputs = own + DotTile.EDGE * (weightStride + sumStride);
    int mapStride = BLOCK * pixels;
    for (int map = 0; map < problem.outputMaps(); map++) {
      for (int c = 0; c < channels; c += DotTile.EDGE) {
        int used = Math.min(DotTile.EDGE, channels - c);
        long filter = weights[map] + 4L * (firstChannel + c) * problem.rowStride();
        multiply(filter, used, s, own, outputs + map * mapStride + c * pixels);
      }
    }
    for (int c = 0; c < channels; c++) {
      for (int image = 0; image < problem.batch(); image++) {
        int channel = firstChannel + c;
        long position = ((long) image * problem.outputChannels() + channel) * pixelsPerImage;
        int at = outputs + c * pixels + image * pixelsPerImage;
        epilogue.store(s, at, mapStride, channel, pixelsPerImage, position, 1);
      }
    }
  }

  /** Computes all pixels of as many filters as a tile has rows, or fewer. */
  private void multiply(long filter, int used, float[] s, int own, int to) {
    int sums = own + DotTile.EDGE * weightStride;
    int second = own + Math.min(1, used - 1) * weightStride;
    int third = own + Math.min(2, used - 1) * weightStride;
    for (int from = 0; from < depth; from += CHUNK) {
      int count = Math.min(CHUNK, depth - from);
      int vectors = Math.ceilDiv(count, LANES);
      for (int i = 0; i < used; i++) {
        int row = own + i * weightStride;
        Memory.read(filter + 4L * (i * problem.rowStride() + from), s, row, count);
        Arrays.fill(s, row + count, row + vectors * LANES, 0f);
      }
      int base = Tile.SCRATCH_START + from;
      for (int pixel = 0; pixel < tilePixels; pixel += DotTile.EDGE) {
        int at = sums + pixel * LANES;
        DotTile.apply(
            vectors, s, own, second, third, base, pixelAt, pixel, vectorAt, at, sumStride,
            from > 0);
      }
    }
    for (int i = 0; i < used; i++) {
      for (int pixel = 0; pixel < pixels; pixel++) {
        int at = sums + i * sumStride + pixel * LANES;
        float sum = 0;
        for (int lane = 0; lane < LANES; lane++) {
          sum += s[at + lane];
        }
        s[to + i * pixels + pixel] = sum;
      }
    }
  }
}
