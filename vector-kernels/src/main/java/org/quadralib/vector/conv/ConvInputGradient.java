package org.quadralib.vector.conv;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.quadralib.vector.gemm.FloatSpan;
import org.quadralib.vector.gemm.Operands;
import org.quadralib.vector.parallel.WorkerPool;

/**
 * Gradient of a convolution with respect to its input, summed over one or several weight maps:
 * {@code dx = Σ_i g_i ⋆ᵀ w_i}, shapes as in {@link ConvShape}; g_i has the shape of y.
 *
 * <p>The sum over the maps is part of one product whose depth runs over all of them. Where strides
 * are more than one, the pixels of x fall into stride × stride phases, each of which is a
 * convolution of g with some of the kernel's positions: nothing is multiplied by the zeros of a
 * spread-out g, and no two tasks write the same pixel. If the kernel has a single position, all
 * phases but one are zero, and are written with it.
 *
 * <p>An instance holds the operands of the run in progress, so it runs one gradient at a time.
 */
public final class ConvInputGradient {
  private final ConvShape shape;
  private final TapKernel[] phases;
  private final long[] g;
  private final long[] w;
  private final StoreMaps dx = new StoreMaps(1);
  private final @Nullable SpreadStore spread;

  /**
   * Plans a gradient.
   *
   * @param maps number of weight maps, at least 1
   * @param winograd whether a Winograd algorithm may be used
   */
  public ConvInputGradient(ConvShape shape, int maps, Winograd winograd) {
    this.shape = Objects.requireNonNull(shape, "shape");
    ConvForward.checkMaps(maps);
    spread = SpreadStore.suits(shape) ? new SpreadStore(shape) : null;
    phases = phases(plain(shape), maps, winograd);
    g = new long[maps];
    w = new long[maps];
  }

  /** The convolution whose input gradient is computed, before it may be spread. */
  private static ConvShape plain(ConvShape s) {
    if (SpreadStore.suits(s)) {
      return SpreadStore.pointwise(s);
    }
    return s.isPointwise() ? s.flattened() : s;
  }

  private static TapKernel[] phases(ConvShape s, int maps, Winograd winograd) {
    List<TapProblem> phases = new ArrayList<>();
    for (int i = 0; i < s.strideHeight(); i++) {
      PhaseAxis rows =
          PhaseAxis.of(
              i,
              s.height(),
              s.kernelHeight(),
              s.strideHeight(),
              s.paddingHeight(),
              s.dilationHeight());
      for (int j = 0; j < s.strideWidth(); j++) {
        PhaseAxis columns =
            PhaseAxis.of(
                j,
                s.width(),
                s.kernelWidth(),
                s.strideWidth(),
                s.paddingWidth(),
                s.dilationWidth());
        if (rows.length() > 0 && columns.length() > 0) {
          phases.add(TapProblem.inputGradient(s, maps, rows, columns));
        }
      }
    }
    return TapKernel.of(phases, winograd).toArray(TapKernel[]::new);
  }

  /** What the way chosen is called in listings; the first, if phases of a stride differ. */
  public String algorithm() {
    return phases.length == 0 ? "none" : phases[0].algorithm();
  }

  /** Floats of scratch memory that a run on {@code threads} threads needs. */
  public int scratchFloats(int threads) {
    int most = 0;
    for (TapKernel phase : phases) {
      most = Math.max(most, phase.scratchFloats(threads));
    }
    return most;
  }

  /**
   * Runs the gradient.
   *
   * @param outputGradients g_i {@code [batch, filters, outputHeight, outputWidth]}
   * @param weights w_i {@code [filters, channels/groups, kernelHeight, kernelWidth]}
   * @param inputGradient dx {@code [batch, channels, height, width]}, overwritten
   * @param scratch at least {@link #scratchFloats} floats
   */
  public void run(
      WorkerPool pool,
      FloatSpan[] outputGradients,
      FloatSpan[] weights,
      FloatSpan inputGradient,
      float[] scratch) {
    Operands.bind("g", outputGradients, shape.outputFloats(), g);
    Operands.bind("weights", weights, shape.weightFloats(), w);
    long output = inputGradient.addressOf(shape.inputFloats(), "dx");
    dx.outputs()[0] = output;
    if (spread != null) {
      spread.bind(output);
    }
    Operands.checkScratch(scratch, scratchFloats(pool.threads()));
    for (TapKernel phase : phases) {
      phase.run(pool, g, w, spread == null ? dx : spread, scratch);
    }
  }
}
