package org.quadralib.vector.conv;

import java.util.List;
import org.quadralib.vector.gemm.Tile;
import org.quadralib.vector.gemm.TileKernels;
import org.quadralib.vector.gemm.Transpose;

/**
 * The phases of an input gradient, as {@link BatchConvolution} computes them from the same input:
 * each task packs the weights of some channels once for all phases, computes the same rows of each,
 * and puts them together before they are stored.
 */
final class InterleavedBatch implements BatchWork {
  private static final int LANES = Tile.LANES;
  private static final int COLUMNS = Tile.COLUMNS;
  private static final int IMAGES = ImageGroups.IMAGES;

  /** Floats of the sums of one pixel. */
  private static final int PASS_FLOATS = 96;

  /** Tiles summed before they are stored: their sums should stay in the second-level cache. */
  private static final int CHUNK_TILES = 64;

  /** Tasks below which the pixels are divided as well. */
  private static final int LEAST_TASKS = 8;

  private final TapProblem problem; // one of the phases
  private final ImageGroups images;
  private final Taps[] grids;
  private final PixelTaps[] taps;
  private final ColumnPanels weightPanels; // of all positions of a kernel, so for all phases
  private final PixelBlocks blocks; // rows of one image, of the largest phase
  private final InterleavedPlanes planes;
  private final int passBlocks;
  private final int passPanels;
  private final int passes;
  private final int parts;
  private final int panelFloats;
  private final int columns; // of the largest phase
  private final int phaseTiles; // of one phase in a chunk
  private final int sumStride; // from image to image
  private final int tileStride; // from pixel to pixel
  private final int sumFloats;
  private final int channelStride; // in what is put together
  private final int phaseStride;

  InterleavedBatch(List<TapProblem> phases, ImageGroups images) {
    problem = phases.getFirst();
    this.images = images;
    grids = phases.stream().map(TapProblem::taps).toArray(Taps[]::new);
    taps =
        phases.stream()
            .map(p -> new PixelTaps(p, images.pixelStride(), ImageGroups.BLOCK_STRIDE))
            .toArray(PixelTaps[]::new);
    weightPanels = new ColumnPanels(problem);
    int rows = phases.stream().mapToInt(p -> p.taps().rows()).max().orElseThrow();
    columns = phases.stream().mapToInt(p -> p.taps().columns()).max().orElseThrow();
    int most = Math.max(columns, CHUNK_TILES / phases.size());
    blocks = PixelBlocks.of(problem.batch(), rows, columns, most, rows, 1, false);
    planes = new InterleavedPlanes(phases, blocks);

    int outputBlocks = Math.ceilDiv(problem.outputChannels(), LANES);
    passBlocks = ColumnPanels.blocksTogether(outputBlocks, 1, PASS_FLOATS);
    passPanels = Math.ceilDiv(passBlocks, 2);
    passes = Math.ceilDiv(outputBlocks, passBlocks);
    int chunks = images.count() * blocks.blocksPerImageBlock();
    parts = Math.min(chunks, Math.ceilDiv(LEAST_TASKS, passes));

    panelFloats = weightPanels.depth() * COLUMNS + LANES;
    phaseTiles = blocks.rowsPerBlock() * columns;
    sumStride = passPanels * COLUMNS;
    tileStride = IMAGES * sumStride + LANES;
    sumFloats = phases.size() * phaseTiles * tileStride;
    channelStride = Tile.roundUp(phaseTiles, LANES) | LANES;
    phaseStride = LANES * channelStride;
  }

  @Override
  public int tasks() {
    return passes * parts;
  }

  @Override
  public int scratchFloats() {
    // Rows are put together in whole vectors, which may reach beyond the last.
    int free = Math.max(grids.length * phaseStride + LANES, weightPanels.scratchFloats());
    return passPanels * panelFloats + sumFloats + free + planes.floats();
  }

  @Override
  public int runPixels() {
    return 0;
  }

  @Override
  public void run(int task, long[] weights, Epilogue epilogue, float[] s, int own) {
    int pass = task / parts;
    int part = task % parts;
    int sums = own + passPanels * panelFloats;
    int free = sums + sumFloats;
    int perImage = blocks.blocksPerImageBlock();
    for (int panel = 0; panel < passPanels; panel++) {
      int at = own + panel * panelFloats;
      weightPanels.pack(weights, pass * passBlocks, passBlocks, panel, s, at, free);
    }
    for (int chunk = part; chunk < images.count() * perImage; chunk += parts) {
      for (int panel = 0; panel < passPanels; panel++) {
        int at = own + panel * panelFloats;
        for (int phase = 0; phase < grids.length; phase++) {
          int to = sums + phase * phaseTiles * tileStride + panel * COLUMNS;
          multiply(chunk / perImage, phase, chunk % perImage, s, at, to);
        }
      }
      store(pass, chunk / perImage, chunk % perImage, epilogue, s, sums, free);
    }
  }

  /** Computes some rows of a phase for a group of images. */
  private void multiply(int group, int phase, int rows, float[] s, int panel, int to) {
    int first = blocks.firstRow(rows);
    int end = Math.min(first + blocks.rowsOf(rows), grids[phase].rows());
    for (int row = first; row < end; row++) {
      for (int column = 0; column < grids[phase].columns(); column++) {
        int pixel = row * grids[phase].columns() + column;
        int kind = taps[phase].kind(pixel);
        int[] reads = taps[phase].reads(kind);
        TileKernels.matched(
            reads.length,
            s,
            images.start(group) + taps[phase].base(pixel),
            reads,
            panel,
            taps[phase].weights(kind),
            to + ((row - first) * columns + column) * tileStride,
            sumStride);
      }
    }
  }

  private void store(
      int pass, int group, int rows, Epilogue epilogue, float[] s, int sums, int free) {
    int firstChannel = pass * passBlocks * LANES;
    int end = Math.min(firstChannel + passBlocks * LANES, problem.outputChannels());
    int tiles = blocks.rowsOf(rows) * columns;
    int together = free + grids.length * phaseStride + LANES;
    for (int i = 0; i < images.imagesOf(group); i++) {
      int block = (group * IMAGES + i) * blocks.blocksPerImageBlock() + rows;
      for (int first = firstChannel; first < end; first += LANES) {
        int from = sums + i * sumStride + first - firstChannel;
        for (int phase = 0; phase < grids.length; phase++) {
          int to = free + phase * phaseStride;
          Transpose.apply(s, from, tileStride, to, channelStride, tiles, LANES);
          from += phaseTiles * tileStride;
        }
        int used = Math.min(LANES, end - first);
        for (int l = 0; l < used; l++) {
          int at = free + l * channelStride;
          planes.store(epilogue, block, first + l, s, at, phaseStride, columns, together);
        }
      }
    }
  }
}
