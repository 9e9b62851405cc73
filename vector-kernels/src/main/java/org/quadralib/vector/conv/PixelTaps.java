package org.quadralib.vector.conv;

import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.quadralib.vector.gemm.Tile;

/**
 * For each output pixel which taps fall into the image, as offsets into the input and into packed
 * weights. Pixels away from the edges are all of one kind, so the kinds are few.
 */
final class PixelTaps {
  private final int[] bases;
  private final int[] kinds;
  private final int[][] reads;
  private final int[][] weights;

  /**
   * Lists the taps.
   *
   * @param pixelStride floats in the input from pixel to pixel
   * @param blockStride floats in the input from one vector of channels to the next; maps follow one
   *     another
   */
  PixelTaps(TapProblem problem, int pixelStride, int blockStride) {
    Taps taps = problem.taps();
    bases = new int[taps.rows() * taps.columns()];
    kinds = new int[bases.length];
    Map<BitSet, Integer> found = new LinkedHashMap<>();
    for (int pixel = 0; pixel < bases.length; pixel++) {
      int top = pixel / taps.columns() * taps.strideY() - taps.padTop();
      int left = pixel % taps.columns() * taps.strideX() - taps.padLeft();
      bases[pixel] = (top * problem.width() + left) * pixelStride;
      BitSet inside = new BitSet();
      for (int t = 0; t < taps.count(); t++) {
        int y = top + taps.y()[t];
        int x = left + taps.x()[t];
        inside.set(t, y >= 0 && y < problem.height() && x >= 0 && x < problem.width());
      }
      Integer next = found.size();
      Integer kind = found.putIfAbsent(inside, next);
      kinds[pixel] = kind == null ? next : kind;
    }
    int[] channels = channelOffsets(problem, blockStride);
    reads = new int[found.size()][];
    weights = new int[found.size()][];
    found.forEach(
        (inside, kind) -> {
          int[] used = inside.stream().toArray();
          reads[kind] = reads(problem, used, channels, pixelStride);
          weights[kind] = weights(problem, used, channels.length);
        });
  }

  private static int[] channelOffsets(TapProblem problem, int blockStride) {
    int lanes = Tile.LANES;
    int perMap = Math.ceilDiv(problem.inputChannels(), lanes) * blockStride;
    return IntStream.range(0, problem.depthChannels())
        .map(
            c -> {
              int inMap = c % problem.inputChannels();
              return c / problem.inputChannels() * perMap
                  + inMap / lanes * blockStride
                  + inMap % lanes;
            })
        .toArray();
  }

  private static int[] reads(TapProblem problem, int[] used, int[] channels, int pixelStride) {
    Taps taps = problem.taps();
    int[] offsets = new int[channels.length * used.length];
    int at = 0;
    for (int channel : channels) {
      for (int t : used) {
        offsets[at++] = (taps.y()[t] * problem.width() + taps.x()[t]) * pixelStride + channel;
      }
    }
    return offsets;
  }

  private static int[] weights(TapProblem problem, int[] used, int channels) {
    int[] offsets = new int[channels * used.length];
    int at = 0;
    for (int c = 0; c < channels; c++) {
      for (int t : used) {
        int row = c * problem.kernelSize() + problem.taps().weight()[t];
        offsets[at++] = row * Tile.COLUMNS;
      }
    }
    return offsets;
  }

  /** What the offsets of a pixel's reads count from; may lie before the image. */
  int base(int pixel) {
    return bases[pixel];
  }

  /** Which list of taps a pixel has. */
  int kind(int pixel) {
    return kinds[pixel];
  }

  /** Offset in the input of each channel and tap. */
  int[] reads(int kind) {
    return reads[kind];
  }

  /** Offset in a panel of weights of each channel and tap. */
  int[] weights(int kind) {
    return weights[kind];
  }

  /** Multiplications of all pixels, per channel and filter. */
  static long count(TapProblem problem) {
    Taps taps = problem.taps();
    long rows = inside(taps.y(), taps.rows(), taps.strideY(), taps.padTop(), problem.height());
    long columns =
        inside(taps.x(), taps.columns(), taps.strideX(), taps.padLeft(), problem.width());
    // Rows and columns of taps are independent, and each pair of them is one tap.
    return taps.count() == 0 ? 0 : rows * columns / taps.count();
  }

  private static long inside(int[] offsets, int outputs, int stride, int pad, int size) {
    return IntStream.range(0, outputs)
        .mapToLong(
            i ->
                Arrays.stream(offsets)
                    .map(offset -> i * stride + offset - pad)
                    .filter(at -> at >= 0 && at < size)
                    .count())
        .sum();
  }
}
