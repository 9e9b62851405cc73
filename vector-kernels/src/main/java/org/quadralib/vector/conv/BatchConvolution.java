package org.quadralib.vector.conv;

import java.util.List;
import org.quadralib.vector.gemm.Tile;
import org.quadralib.vector.parallel.ParallelTask;
import org.quadralib.vector.parallel.WorkerPool;

/**
 * Computes one or several {@link TapProblem}s with the same input on small planes: the rows of a
 * register tile are the same pixel of several images, its columns are output channels. So planes of
 * any width fill the tiles, strides cost nothing, and taps that fall outside of the image are not
 * multiplied at all: of nine taps on a plane of 2 × 2, five.
 *
 * <p>First the input is rearranged, see {@link ImageGroups}. Then each task packs the weights of
 * some output channels and uses them on its share of the pixels.
 */
final class BatchConvolution implements TapKernel, ParallelTask {
  private static final int LANES = Tile.LANES;

  /** Floats of the rearranged input beyond which another way is taken. */
  private static final long MOST_FLOATS = 4 << 20;

  private final ImageGroups images;
  private final BatchWork work;
  private final int workerFloats;

  private long[] input = new long[0];
  private long[] weights = new long[0];
  private Epilogue epilogue = (sums, at, mapStride, channel, count, position, step) -> {};
  private float[] scratch = new float[0];
  private boolean arranging;

  /** Plans problems that differ only in their taps and in the pixels that they write. */
  BatchConvolution(List<TapProblem> problems) {
    images = new ImageGroups(problems.getFirst());
    work =
        problems.size() == 1
            ? new BatchPhase(problems.getFirst(), images)
            : new InterleavedBatch(problems, images);
    int most = Math.max(images.scratchFloats(), work.scratchFloats());
    workerFloats = Tile.roundUp(most, LANES);
  }

  /** Whether tiles are well filled and the rearranged input can be held. */
  static boolean suits(TapProblem problem) {
    long channels = problem.inputMaps() * (long) Tile.roundUp(problem.inputChannels(), LANES);
    long floats =
        channels
            * Tile.roundUp(problem.batch(), ImageGroups.IMAGES)
            * Math.multiplyFull(problem.height(), problem.width());
    int vectors = problem.outputMaps() * Math.ceilDiv(problem.outputChannels(), LANES);
    return problem.groups() == 1
        && fills(vectors, 2)
        && fills(problem.batch(), ImageGroups.IMAGES)
        && fills(problem.inputChannels(), LANES)
        && fills(problem.outputChannels(), LANES)
        && floats <= MOST_FLOATS;
  }

  private static boolean fills(int count, int unit) {
    return 4 * count >= 3 * Tile.roundUp(count, unit);
  }

  @Override
  public String algorithm() {
    return "images in rows";
  }

  @Override
  public int runPixels() {
    return work.runPixels();
  }

  @Override
  public int scratchFloats(int threads) {
    return Tile.SCRATCH_START + images.floats() + threads * workerFloats;
  }

  @Override
  public void run(
      WorkerPool pool, long[] input, long[] weights, Epilogue epilogue, float[] scratch) {
    this.input = input;
    this.weights = weights;
    this.epilogue = epilogue;
    this.scratch = scratch;
    arranging = true;
    pool.parallelFor(images.count() * images.blocks(), this);
    arranging = false;
    pool.parallelFor(work.tasks(), this);
  }

  /** One task of the loop in progress; called by the pool. */
  @Override
  public void run(int task, int worker) {
    int own = Tile.SCRATCH_START + images.floats() + worker * workerFloats;
    if (arranging) {
      images.arrange(input, task / images.blocks(), task % images.blocks(), scratch, own);
    } else {
      work.run(task, weights, epilogue, scratch, own);
    }
  }
}
