package org.quadralib.vector.conv;

import java.util.List;
import org.quadralib.vector.gemm.Tile;
import org.quadralib.vector.parallel.WorkerPool;

/** A way to compute a {@link TapProblem}. */
sealed interface TapKernel
    permits BatchConvolution,
        DirectConvolution,
        DotConvolution,
        GatheredConvolution,
        TwoByTwoConvolution,
        WinogradConvolution {

  /** Rows of a group that are few. */
  int SMALL_GROUP = 64;

  /** What it is called in listings. */
  String algorithm();

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
   * Pixels of an output plane that the epilogue gets at a time, from the first on; the last may be
   * fewer. 0 if it gets them otherwise.
   */
  default int runPixels() {
    return 0;
  }

  /** Whether a run takes the statistics of the outputs on the way; only if they were asked for. */
  default boolean takesStatistics() {
    return false;
  }

  /**
   * Stores the statistics that the last run took: mean and biased variance of each channel.
   *
   * @param means addresses of {@code [o]} floats for each output map
   * @param variances addresses of {@code [o]} floats for each output map
   */
  default void storeStatistics(WorkerPool pool, long[] means, long[] variances) {
    throw new UnsupportedOperationException(algorithm() + " takes no statistics");
  }

  /** The way that suits a problem of which statistics are wanted besides. */
  static TapKernel withStatistics(TapProblem problem, Winograd winograd) {
    TapKernel plain = of(List.of(problem), winograd).getFirst();
    return plain instanceof WinogradConvolution
        ? new WinogradConvolution(problem, winograd.edge(problem), true)
        : plain;
  }

  /**
   * The ways that suit problems with the same input, which write different pixels of the same
   * outputs.
   */
  static List<TapKernel> of(List<TapProblem> problems, Winograd winograd) {
    if (problems.size() == 1 && !winograd.isForced()) {
      TapProblem only = problems.getFirst();
      if (DotConvolution.suits(only)) {
        return List.of(new DotConvolution(only));
      }
      if (TwoByTwoConvolution.suits(only)) {
        return List.of(new TwoByTwoConvolution(only));
      }
    }
    boolean direct = problems.stream().allMatch(problem -> winograd.edge(problem) == 0);
    boolean small =
        direct && !problems.isEmpty() && problems.stream().noneMatch(TapKernel::fillsVectors);
    // Where a kernel is smaller than the stride, most pixels are zero and storing takes longest.
    boolean sparse = problems.stream().anyMatch(problem -> problem.taps().count() == 0);
    if (small && !sparse && problems.stream().allMatch(BatchConvolution::suits)) {
      return List.of(new BatchConvolution(problems));
    }
    if (direct && problems.size() > 1 && (sparse || goesDirectly(problems.getFirst()))) {
      return List.of(new DirectConvolution(problems));
    }
    return problems.stream().map(problem -> one(problem, winograd)).toList();
  }

  /** Whether the rows of a plane leave little of their vectors empty. */
  private static boolean fillsVectors(TapProblem problem) {
    return Tile.fillsVectors(problem.taps().columns());
  }

  /**
   * Whether a problem goes the direct way if not that of Winograd. Many groups with few rows each
   * do even if vectors are partly empty: the gathered way takes one group after the other.
   */
  private static boolean goesDirectly(TapProblem problem) {
    int rows = problem.outputMaps() * problem.outputChannels();
    boolean manyGroups = problem.groups() > 1 && rows <= SMALL_GROUP;
    return fillsVectors(problem) || manyGroups;
  }

  /** The way that suits a problem by itself. */
  private static TapKernel one(TapProblem problem, Winograd winograd) {
    int edge = winograd.edge(problem);
    if (edge > 0) {
      return new WinogradConvolution(problem, edge, false);
    }
    return goesDirectly(problem)
        ? new DirectConvolution(List.of(problem))
        : new GatheredConvolution(problem);
  }
}
