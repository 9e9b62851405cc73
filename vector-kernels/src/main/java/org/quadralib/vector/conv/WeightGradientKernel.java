package org.quadralib.vector.conv;

import org.quadralib.vector.gemm.Tile;
import org.quadralib.vector.parallel.WorkerPool;

/** A way to compute the weight gradient of a convolution. */
sealed interface WeightGradientKernel
    permits BlockedWeightGradient,
        DotWeightGradient,
        TwoByTwoWeightGradient,
        WinogradPartialGradients,
        WinogradWeightGradient {

  /**
   * Filters of a group, over all maps, that leave the columns of a product's tiles mostly empty.
   */
  int FEW_FILTERS = 6;

  /** Weights of a filter that do not repay the transposition of its output gradient. */
  int FEW_WEIGHTS = 32;

  /** What it is called in listings. */
  String algorithm();

  /** Floats of scratch memory that a run on {@code threads} threads needs. */
  int scratchFloats(int threads);

  /**
   * Computes the gradient.
   *
   * @param x address of the input
   * @param g addresses of the output gradients
   * @param dw addresses of the weight gradients
   */
  void run(WorkerPool pool, long[] x, long[] g, long[] dw, float[] scratch);

  /** The way that suits a convolution. */
  static WeightGradientKernel of(ConvShape shape, int maps, Winograd winograd) {
    if (!winograd.isForced() && TwoByTwoWeightGradient.suits(shape, maps)) {
      return new TwoByTwoWeightGradient(shape, maps);
    }
    int edge = winograd.edge(shape, maps);
    if (edge > 0) {
      return WinogradPartialGradients.suits(shape, maps, edge)
          ? new WinogradPartialGradients(shape, maps, edge)
          : new WinogradWeightGradient(shape, maps, edge);
    }
    boolean fewFilters = maps * shape.filtersPerGroup() <= FEW_FILTERS;
    boolean fewWeights =
        shape.channelsPerGroup() * shape.kernelSize() <= FEW_WEIGHTS
            && Tile.fillsVectors(shape.outputWidth());
    return fewFilters || fewWeights
        ? new DotWeightGradient(shape, maps)
        : new BlockedWeightGradient(shape, maps);
  }
}
