package org.quadralib.vector.conv;

import java.util.Arrays;
import org.quadralib.vector.gemm.Memory;
import org.quadralib.vector.gemm.Tile;
import org.quadralib.vector.gemm.Transpose;

/** Transforms filters of 3 × 3 taps into the points of a Winograd algorithm. */
final class WinogradFilters {
  private static final int LANES = Tile.LANES;

  /** Input channels that are read at a time. */
  private static final int AT_ONCE = 16;

  /** Floats from one output channel to the next as they are read. */
  private static final int ROW_STRIDE = Tile.roundUp(AT_ONCE * 9, 2 * LANES) + LANES;

  private final WinogradTransform transform;
  private final TapProblem problem;
  private final int corner; // place of the tap at the upper left among the nine
  private final int down; // from there to the tap below
  private final int right; // from there to the tap on the right

  WinogradFilters(WinogradTransform transform, TapProblem problem) {
    this.transform = transform;
    this.problem = problem;
    corner = problem.taps().weightAt(0, 0);
    down = problem.taps().weightAt(1, 0) - corner;
    right = problem.taps().weightAt(0, 1) - corner;
  }

  /** Floats of scratch memory of one thread. */
  int scratchFloats() {
    return LANES * ROW_STRIDE + AT_ONCE * (9 + 3 * transform.size()) * LANES;
  }

  /**
   * Transforms the filters of as many output channels as a vector has lanes, for some input
   * channels. Input channels of each tensor are padded to whole vectors with zeros.
   *
   * @param weights addresses of the weight maps
   * @param outputMap which output tensor
   * @param block first output channel, in vectors
   * @param firstInput first input channel, in vectors, over all tensors
   * @param inputs input channels, in vectors
   * @param scratch where scratch memory begins in {@code s}
   * @param to where the first point of the first input channel goes
   * @param pointStride floats from point to point
   * @param channelStride floats from input channel to input channel
   */
  void transform(
      long[] weights,
      int outputMap,
      int block,
      int firstInput,
      int inputs,
      float[] s,
      int scratch,
      int to,
      int pointStride,
      int channelStride) {
    int used = Math.min(LANES, problem.outputChannels() - block * LANES);
    int channels = problem.inputChannels();
    int rows = scratch + LANES * ROW_STRIDE;
    int half = rows + AT_ONCE * 9 * LANES;
    if (used < LANES) {
      Arrays.fill(s, rows, half, 0f);
    }
    int perMap = Math.ceilDiv(channels, LANES);
    for (int input = firstInput; input < firstInput + inputs; input++) {
      long base = weights[outputMap + input / perMap] + 4L * block * LANES * problem.rowStride();
      int end = Math.min(channels, (input % perMap + 1) * LANES);
      for (int first = input % perMap * LANES; first < end; first += AT_ONCE) {
        int count = Math.min(AT_ONCE, end - first);
        read(base + 4L * first * problem.channelStride(), used, count, s, scratch, rows);
        transform(s, rows, half, count, to, pointStride, channelStride);
        to += count * channelStride;
      }
      for (int c = end; c < (input % perMap + 1) * LANES; c++) {
        clear(s, to, pointStride);
        to += channelStride;
      }
    }
  }

  /**
   * Transforms the filters of some input channels, all at once in each line: calls are dear. The
   * gradient's taps run backwards.
   */
  private void transform(
      float[] s, int taps, int half, int count, int to, int pointStride, int channelStride) {
    int size = transform.size();
    int plane = AT_ONCE * LANES; // one value of all input channels
    WinogradTransform.Line line = transform.filter();
    for (int j = 0; j < 3; j++) {
      int from = taps + (corner + j * right) * LANES;
      int at = half + j * plane;
      WinogradTransform.apply(line, s, from, down * LANES, 9 * LANES, at, 3 * plane, LANES, count);
    }
    for (int i = 0; i < size; i++) {
      int from = half + i * 3 * plane;
      int at = to + i * size * pointStride;
      WinogradTransform.apply(line, s, from, plane, LANES, at, pointStride, channelStride, count);
    }
  }

  /**
   * Transposes the filters of some input channels: {@code [channels][9][LANES]}. They are read in
   * runs as long as can be, before any is transposed, so that the processor waits for several at
   * once.
   */
  private void read(long from, int used, int count, float[] s, int copy, int to) {
    if (problem.channelStride() == 9) {
      for (int l = 0; l < used; l++) {
        Memory.read(from + 4L * l * problem.rowStride(), s, copy + l * ROW_STRIDE, count * 9);
      }
      Transpose.apply(s, copy, ROW_STRIDE, to, LANES, used, count * 9);
      return;
    }
    // Output channels lie next to one another.
    for (int c = 0; c < count; c++) {
      Memory.read(from + 4L * c * problem.channelStride(), s, copy + c * 9 * LANES, used * 9);
    }
    for (int c = 0; c < count; c++) {
      Transpose.apply(s, copy + c * 9 * LANES, 9, to + c * 9 * LANES, LANES, used, 9);
    }
  }

  /** Zeros all points of one input channel. */
  void clear(float[] s, int to, int pointStride) {
    int points = transform.points();
    for (int i = 0; i < points; i++) {
      Arrays.fill(s, to + i * pointStride, to + i * pointStride + LANES, 0f);
    }
  }
}
