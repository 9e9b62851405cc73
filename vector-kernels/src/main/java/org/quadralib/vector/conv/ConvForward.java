package org.quadralib.vector.conv;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.quadralib.vector.gemm.FloatSpan;
import org.quadralib.vector.gemm.Memory;
import org.quadralib.vector.gemm.Operands;
import org.quadralib.vector.parallel.WorkerPool;

/**
 * Convolution of one input with one or several weight maps: {@code y_i = x ⋆ w_i (+ b_i)}, shapes
 * as in {@link ConvShape}. The maps share the reading of x.
 *
 * <p>An instance holds the operands of the run in progress, so it runs one convolution at a time.
 */
public final class ConvForward {
  private final ConvShape shape;
  private final TapKernel convolution;
  private final long[] x = new long[1];
  private final long[] w;
  private final long[] means;
  private final long[] variances;
  private final StoreMaps store;
  private final @Nullable StoreStatistics statistics;

  /**
   * Plans a convolution.
   *
   * @param maps number of weight maps, at least 1
   * @param winograd whether a Winograd algorithm may be used
   */
  public ConvForward(ConvShape shape, int maps, Winograd winograd) {
    this(shape, maps, winograd, false);
  }

  private ConvForward(ConvShape shape, int maps, Winograd winograd, boolean withStatistics) {
    this.shape = Objects.requireNonNull(shape, "shape");
    checkMaps(maps);
    ConvShape plain = shape.isPointwise() ? shape.flattened() : shape;
    TapProblem problem = TapProblem.forward(plain, maps);
    convolution =
        withStatistics
            ? TapKernel.withStatistics(problem, winograd)
            : TapKernel.of(List.of(problem), winograd).getFirst();
    w = new long[maps];
    means = new long[maps];
    variances = new long[maps];
    store = new StoreMaps(maps);
    boolean inEpilogue =
        withStatistics
            && !convolution.takesStatistics()
            && StoreStatistics.suits(problem, convolution.runPixels());
    statistics = inEpilogue ? new StoreStatistics(problem, convolution.runPixels(), store) : null;
  }

  /**
   * Plans a convolution that takes the statistics of its maps on the way, if the algorithm allows:
   * see {@link #takesStatistics}.
   *
   * @param maps number of weight maps, at least 1
   * @param winograd whether a Winograd algorithm may be used
   */
  public static ConvForward withStatistics(ConvShape shape, int maps, Winograd winograd) {
    return new ConvForward(shape, maps, winograd, true);
  }

  /** Whether a run takes the statistics of its maps. */
  public boolean takesStatistics() {
    return convolution.takesStatistics() || statistics != null;
  }

  static void checkMaps(int maps) {
    if (maps < 1) {
      throw new IllegalArgumentException(
          "A convolution needs at least one weight map, but got " + maps + ".");
    }
  }

  /** What the way chosen is called in listings. */
  public String algorithm() {
    return convolution.algorithm();
  }

  /** Floats of scratch memory that a run on {@code threads} threads needs. */
  public int scratchFloats(int threads) {
    return convolution.scratchFloats(threads) + (statistics == null ? 0 : statistics.floats());
  }

  /**
   * Runs the convolution.
   *
   * @param input x {@code [batch, channels, height, width]}
   * @param weights w_i {@code [filters, channels/groups, kernelHeight, kernelWidth]}
   * @param biases b_i {@code [filters]}; null for none
   * @param outputs y_i {@code [batch, filters, outputHeight, outputWidth]}, overwritten
   * @param scratch at least {@link #scratchFloats} floats
   */
  public void run(
      WorkerPool pool,
      FloatSpan input,
      FloatSpan[] weights,
      FloatSpan @Nullable [] biases,
      FloatSpan[] outputs,
      float[] scratch) {
    Operands.bind("y", outputs, shape.outputFloats(), store.outputs());
    store.setBiased(biases != null);
    if (biases != null) {
      Operands.bind("bias", biases, shape.filters(), store.biases());
    }
    if (statistics != null) {
      statistics.bind(scratch, convolution.scratchFloats(pool.threads()));
    }
    run(pool, input, weights, statistics == null ? store : statistics, scratch);
  }

  /**
   * Runs the convolution and hands the sums to an epilogue instead of storing them.
   *
   * @param input x {@code [batch, channels, height, width]}
   * @param weights w_i {@code [filters, channels/groups, kernelHeight, kernelWidth]}
   * @param epilogue receives the sums of each channel, all maps together
   * @param scratch at least {@link #scratchFloats} floats
   */
  public void run(
      WorkerPool pool, FloatSpan input, FloatSpan[] weights, Epilogue epilogue, float[] scratch) {
    x[0] = input.addressOf(shape.inputFloats(), "x");
    Operands.bind("weights", weights, shape.weightFloats(), w);
    Operands.checkScratch(scratch, scratchFloats(pool.threads()));
    convolution.run(pool, x, w, epilogue, scratch);
  }

  /**
   * Stores the statistics that the last run took.
   *
   * @param mean {@code [filters]} of each map, overwritten
   * @param variance {@code [filters]} of each map, biased, overwritten
   * @throws UnsupportedOperationException unless {@link #takesStatistics}
   */
  public void storeStatistics(WorkerPool pool, FloatSpan[] mean, FloatSpan[] variance) {
    Operands.bind("mean", mean, shape.filters(), means);
    Operands.bind("variance", variance, shape.filters(), variances);
    if (statistics == null) {
      convolution.storeStatistics(pool, means, variances);
    } else {
      statistics.combine(pool, means, variances);
    }
    for (int map = 0; store.isBiased() && map < means.length; map++) {
      for (long at = 0; at < 4L * shape.filters(); at += 4) {
        float shifted = Memory.get(means[map] + at) + Memory.get(store.biases()[map] + at);
        Memory.set(means[map] + at, shifted);
      }
    }
  }
}
