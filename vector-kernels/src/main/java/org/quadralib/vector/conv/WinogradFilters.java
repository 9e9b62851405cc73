package org.quadralib.vector.conv;

import java.util.Arrays;
import org.quadralib.vector.gemm.Memory;
import org.quadralib.vector.gemm.Tile;

/** Transforms filters of 3 × 3 taps into the points of a Winograd algorithm. */
final class WinogradFilters {
  private static final int LANES = Tile.LANES;

  private final WinogradTransform transform;
  private final TapProblem problem;

  WinogradFilters(WinogradTransform transform, TapProblem problem) {
    this.transform = transform;
    this.problem = problem;
  }

  /** Floats of scratch memory of one thread. */
  int scratchFloats() {
    return (9 + 3 * transform.size()) * LANES;
  }

  /**
   * Transforms the filters of as many output channels as a vector has lanes, for all input
   * channels. Input channels of each tensor are padded to whole vectors with zeros.
   *
   * @param weights addresses of the weight maps
   * @param outputMap which output tensor
   * @param block first output channel, in vectors
   * @param scratch where scratch memory begins in {@code s}
   * @param to where the first point of the first input channel goes
   * @param pointStride floats from point to point
   * @param channelStride floats from input channel to input channel
   */
  void transform(
      long[] weights,
      int outputMap,
      int block,
      float[] s,
      int scratch,
      int to,
      int pointStride,
      int channelStride) {
    int used = Math.min(LANES, problem.outputChannels() - block * LANES);
    int padded = Tile.roundUp(problem.inputChannels(), LANES);
    int size = transform.size();
    int taps = scratch;
    int half = scratch + 9 * LANES;
    if (used < LANES) {
      Arrays.fill(s, taps, half, 0f);
    }
    for (int map = 0; map < problem.inputMaps(); map++) {
      long base = weights[outputMap + map] + 4L * block * LANES * problem.rowStride();
      for (int c = 0; c < padded; c++) {
        if (c < problem.inputChannels()) {
          gather(base + 4L * c * problem.channelStride(), used, s, taps);
          WinogradTransform.apply(
              transform.filter(), s, taps, 3 * LANES, LANES, half, 3 * LANES, LANES, 3);
          WinogradTransform.apply(
              transform.filter(),
              s,
              half,
              LANES,
              3 * LANES,
              to,
              pointStride,
              size * pointStride,
              size);
        } else {
          clear(s, to, pointStride);
        }
        to += channelStride;
      }
    }
  }

  /** Zeros all points of one input channel. */
  void clear(float[] s, int to, int pointStride) {
    int points = transform.points();
    for (int i = 0; i < points; i++) {
      Arrays.fill(s, to + i * pointStride, to + i * pointStride + LANES, 0f);
    }
  }

  private void gather(long address, int used, float[] s, int to) {
    Taps taps = problem.taps();
    for (int t = 0; t < 9; t++) {
      int at = to + (taps.y()[t] * 3 + taps.x()[t]) * LANES;
      long from = address + 4L * taps.weight()[t];
      for (int l = 0; l < used; l++) {
        s[at + l] = Memory.get(from + 4L * l * problem.rowStride());
      }
    }
  }
}
