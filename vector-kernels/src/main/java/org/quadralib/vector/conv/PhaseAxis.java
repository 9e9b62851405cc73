package org.quadralib.vector.conv;

import java.util.stream.IntStream;

/**
 * One axis of one phase of an input gradient: the input positions {@code first, first + stride, …},
 * and the kernel positions that reach them.
 *
 * @param first first input position of the phase
 * @param length number of input positions, possibly 0
 * @param taps kernel positions that reach the phase
 * @param offsets where each tap reads the output gradient, relative to the lowest of them
 * @param pad how far the lowest read lies before output position 0 for the first input position
 */
record PhaseAxis(int first, int length, int[] taps, int[] offsets, int pad) {

  static PhaseAxis of(int phase, int size, int kernel, int stride, int padding, int dilation) {
    int from = Math.ceilDiv(padding - phase, stride);
    int to = Math.floorDiv(size - 1 + padding - phase, stride);
    int[] taps = IntStream.range(0, kernel).filter(k -> k * dilation % stride == phase).toArray();
    int[] steps = IntStream.of(taps).map(k -> (k * dilation - phase) / stride).toArray();
    int most = IntStream.of(steps).max().orElse(0);
    int[] offsets = IntStream.of(steps).map(d -> most - d).toArray();
    return new PhaseAxis(
        from * stride + phase - padding, Math.max(0, to - from + 1), taps, offsets, most - from);
  }
}
