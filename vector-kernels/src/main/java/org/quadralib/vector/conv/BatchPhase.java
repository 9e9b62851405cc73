package org.quadralib.vector.conv;

import org.quadralib.vector.gemm.Tile;
import org.quadralib.vector.gemm.TileKernels;
import org.quadralib.vector.gemm.Transpose;

/** The problem that a {@link BatchConvolution} computes, if it is a single one. */
final class BatchPhase implements BatchWork {
  private static final int LANES = Tile.LANES;
  private static final int COLUMNS = Tile.COLUMNS;
  private static final int IMAGES = ImageGroups.IMAGES;

  /** Floats of the sums of one pixel, at least those of a vector of channels of all maps. */
  private static final int PASS_FLOATS = 96;

  /** Tiles summed before they are stored: their sums should stay in the second-level cache. */
  private static final int CHUNK_TILES = 64;

  /** Tasks below which the pixels are divided as well. */
  private static final int LEAST_TASKS = 8;

  private final TapProblem problem;
  private final ImageGroups images;
  private final PixelTaps taps;
  private final ColumnPanels weightPanels;
  private final int groups;
  private final int pixels;
  private final int passBlocks;
  private final int passPanels;
  private final int passes;
  private final int chunkPixels;
  private final int chunkGroups;
  private final int pixelChunks;
  private final int chunks;
  private final int parts;
  private final int panelFloats;
  private final int sumStride; // from image to image
  private final int tileStride; // from pixel to pixel
  private final int channelStride; // in what is handed over
  private final int sumFloats;

  BatchPhase(TapProblem problem, ImageGroups images) {
    this.problem = problem;
    this.images = images;
    int maps = problem.outputMaps();
    groups = images.count();
    taps = new PixelTaps(problem, images.pixelStride(), ImageGroups.BLOCK_STRIDE);
    weightPanels = new ColumnPanels(problem);

    int outputBlocks = Math.ceilDiv(problem.outputChannels(), LANES);
    passBlocks = ColumnPanels.blocksTogether(outputBlocks, maps, PASS_FLOATS);
    passPanels = Math.ceilDiv(passBlocks * maps, 2);
    passes = Math.ceilDiv(outputBlocks, passBlocks);

    pixels = problem.taps().rows() * problem.taps().columns();
    chunkPixels = Math.min(pixels, CHUNK_TILES);
    chunkGroups = Math.clamp(CHUNK_TILES / chunkPixels, 1, groups);
    pixelChunks = Math.ceilDiv(pixels, chunkPixels);
    chunks = pixelChunks * Math.ceilDiv(groups, chunkGroups);
    parts = Math.min(chunks, Math.ceilDiv(LEAST_TASKS, passes));

    panelFloats = weightPanels.depth() * COLUMNS + LANES;
    sumStride = passPanels * COLUMNS;
    tileStride = IMAGES * sumStride + LANES;
    sumFloats = chunkPixels * chunkGroups * tileStride;
    channelStride = chunkPixels | LANES;
  }

  @Override
  public int tasks() {
    return passes * parts;
  }

  @Override
  public int runPixels() {
    return isWhole() ? chunkPixels : 0;
  }

  /** Whether the pixels of the problem are all those of an output plane, in its order. */
  private boolean isWhole() {
    return problem.stepY() == 1 && problem.taps().columns() == problem.planeWidth();
  }

  @Override
  public int scratchFloats() {
    int free = Math.max(problem.outputMaps() * LANES * channelStride, weightPanels.scratchFloats());
    return passPanels * panelFloats + sumFloats + free;
  }

  /** Computes some output channels of a part of the pixels. */
  @Override
  public void run(int task, long[] weights, Epilogue epilogue, float[] s, int own) {
    int pass = task / parts;
    int part = task % parts;
    int sums = own + passPanels * panelFloats;
    int free = sums + sumFloats;
    for (int chunk = part; chunk < chunks; chunk += parts) {
      int firstGroup = chunk / pixelChunks * chunkGroups;
      int endGroup = Math.min(groups, firstGroup + chunkGroups);
      int firstPixel = chunk % pixelChunks * chunkPixels;
      int endPixel = Math.min(pixels, firstPixel + chunkPixels);
      for (int panel = 0; panel < passPanels; panel++) {
        int panelAt = own + panel * panelFloats;
        if (chunk == part) {
          weightPanels.pack(weights, pass * passBlocks, passBlocks, panel, s, panelAt, free);
        }
        int to = sums + panel * COLUMNS;
        for (int group = firstGroup; group < endGroup; group++) {
          multiply(group, firstPixel, endPixel, s, panelAt, to);
          to += chunkPixels * tileStride;
        }
      }
      for (int group = firstGroup; group < endGroup; group++) {
        int from = sums + (group - firstGroup) * chunkPixels * tileStride;
        store(pass, group, firstPixel, endPixel, epilogue, s, from, free);
      }
    }
  }

  private void multiply(int group, int firstPixel, int endPixel, float[] s, int panel, int to) {
    for (int pixel = firstPixel; pixel < endPixel; pixel++) {
      int kind = taps.kind(pixel);
      int[] reads = taps.reads(kind);
      TileKernels.matched(
          reads.length,
          s,
          images.start(group) + taps.base(pixel),
          reads,
          panel,
          taps.weights(kind),
          to,
          sumStride);
      to += tileStride;
    }
  }

  private void store(
      int pass,
      int group,
      int firstPixel,
      int endPixel,
      Epilogue epilogue,
      float[] s,
      int sums,
      int free) {
    int maps = problem.outputMaps();
    int end = Math.min((pass + 1) * passBlocks * LANES, problem.outputChannels());
    for (int i = 0; i < images.imagesOf(group); i++) {
      for (int first = pass * passBlocks * LANES; first < end; first += LANES) {
        int vector = (first / LANES - pass * passBlocks) * maps;
        for (int map = 0; map < maps; map++) {
          Transpose.apply(
              s,
              sums + i * sumStride + (vector + map) * LANES,
              tileStride,
              free + map * LANES * channelStride,
              channelStride,
              endPixel - firstPixel,
              LANES);
        }
        int used = Math.min(LANES, end - first);
        for (int l = 0; l < used; l++) {
          int at = free + l * channelStride;
          handOver(group * IMAGES + i, first + l, firstPixel, endPixel, epilogue, s, at);
        }
      }
    }
  }

  /** Hands the sums of some pixels of a channel to the epilogue, in runs as long as can be. */
  private void handOver(
      int image, int channel, int firstPixel, int endPixel, Epilogue epilogue, float[] s, int at) {
    int columns = problem.taps().columns();
    int mapStride = LANES * channelStride;
    long plane = (long) image * problem.outputChannels() + channel;
    long first = plane * problem.planeHeight() * problem.planeWidth();
    boolean whole = isWhole();
    int run;
    for (int pixel = firstPixel; pixel < endPixel; pixel += run) {
      int left = endPixel - pixel;
      run = whole ? left : Math.min(left, columns - pixel % columns);
      int y = problem.firstY() + pixel / columns * problem.stepY();
      int x = problem.firstX() + pixel % columns * problem.stepX();
      long position = first + (long) y * problem.planeWidth() + x;
      epilogue.store(
          s, at + pixel - firstPixel, mapStride, channel, run, position, problem.stepX());
    }
  }
}
