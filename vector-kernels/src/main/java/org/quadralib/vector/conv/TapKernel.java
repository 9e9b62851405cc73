package org.quadralib.vector.conv;

import org.quadralib.vector.gemm.Tile;
import org.quadralib.vector.parallel.WorkerPool;

/** A way to compute a {@link TapProblem}. */
sealed interface TapKernel permits DirectConvolution, GatheredConvolution, WinogradConvolution {

  /** Rows of a group that are few. */
  int SMALL_GROUP = 64;

  /** Floats of scratch memory that a run on {@code threads} threads needs. */
  int scratchFloats(int threads);

  /**
   * Computes the sums and hands them to the epilogue.
   *
   * @param input addresses of the input tensors
   * @param weights addresses of the weight maps
   */
  void run(WorkerPool pool, long[] input, long[] weights, Epilogue epilogue, float[] scratch);

  /**
   * The way that suits a problem. Many groups with few rows each go the direct way even if it
   * leaves vectors partly empty: the gathered way takes one group after the other.
   */
  static TapKernel of(TapProblem problem, Winograd winograd) {
    int edge = winograd.edge(problem);
    if (edge > 0) {
      return new WinogradConvolution(problem, edge);
    }
    int columns = problem.taps().columns();
    boolean fillsVectors = 4 * columns >= 3 * Tile.roundUp(columns, Tile.LANES);
    int rows = problem.outputMaps() * problem.outputChannels();
    boolean manyGroups = problem.groups() > 1 && rows <= SMALL_GROUP;
    return fillsVectors || manyGroups
        ? new DirectConvolution(problem)
        : new GatheredConvolution(problem);
  }
}
