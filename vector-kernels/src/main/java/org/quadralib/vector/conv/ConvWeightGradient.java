package org.quadralib.vector.conv;

import java.util.Objects;
import org.quadralib.vector.gemm.FloatSpan;
import org.quadralib.vector.gemm.Operands;
import org.quadralib.vector.parallel.WorkerPool;

/**
 * Gradient of a convolution with respect to its weights, for one or several maps that share the
 * input: {@code dw_i[o][c][t] = Σ_{n,p,q} g_i[n][o][p][q] · x[n][c][where tap t of (p, q) reads]},
 * shapes as in {@link ConvShape}; g_i has the shape of y. The maps share the reading of x.
 *
 * <p>Sums over the batch are taken in a fixed order, so results do not depend on the number of
 * threads. An instance holds the operands of the run in progress, so it runs one gradient at a
 * time.
 */
public final class ConvWeightGradient {
  private final ConvShape shape;
  private final WeightGradientKernel kernel;
  private final long[] x = new long[1];
  private final long[] g;
  private final long[] dw;

  /**
   * Plans a gradient.
   *
   * @param maps number of weight maps, at least 1
   * @param winograd whether a Winograd algorithm may be used
   */
  public ConvWeightGradient(ConvShape shape, int maps, Winograd winograd) {
    this.shape = Objects.requireNonNull(shape, "shape");
    ConvForward.checkMaps(maps);
    kernel =
        WeightGradientKernel.of(shape.isPointwise() ? shape.flattened() : shape, maps, winograd);
    g = new long[maps];
    dw = new long[maps];
  }

  /** What the way chosen is called in listings. */
  public String algorithm() {
    return kernel.algorithm();
  }

  /** Floats of scratch memory that a run on {@code threads} threads needs. */
  public int scratchFloats(int threads) {
    return kernel.scratchFloats(threads);
  }

  /**
   * Runs the gradient.
   *
   * @param input x {@code [batch, channels, height, width]}
   * @param outputGradients g_i {@code [batch, filters, outputHeight, outputWidth]}
   * @param weightGradients dw_i {@code [filters, channels/groups, kernelHeight, kernelWidth]},
   *     overwritten
   * @param scratch at least {@link #scratchFloats} floats
   */
  public void run(
      WorkerPool pool,
      FloatSpan input,
      FloatSpan[] outputGradients,
      FloatSpan[] weightGradients,
      float[] scratch) {
    x[0] = input.addressOf(shape.inputFloats(), "x");
    Operands.bind("g", outputGradients, shape.outputFloats(), g);
    Operands.bind("dw", weightGradients, shape.weightFloats(), dw);
    Operands.checkScratch(scratch, scratchFloats(pool.threads()));
    kernel.run(pool, x, g, dw, scratch);
  }
}
