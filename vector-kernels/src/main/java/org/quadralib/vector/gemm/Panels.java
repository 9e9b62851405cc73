package org.quadralib.vector.gemm;

import java.util.Arrays;

/**
 * Packing of a strided off-heap matrix into heap panels {@code [depth][width]}, the order in which
 * {@link TileKernels} reads them.
 */
final class Panels {

  /** Lanes that are transposed together, and their steps of the depth. */
  private static final int STAGED = 8;

  private static final int STAGED_DEPTH = 64;

  /** Floats of staging memory that packing may need. */
  static final int STAGING = STAGED * STAGED_DEPTH;

  private Panels() {}

  /**
   * Packs {@code lanes / width} panels, rounded up, one after the other: value i of step p of panel
   * j comes from {@code address + 4·((j·width + i)·laneStride + p·depthStride)}. Lanes that the
   * last panel has beyond {@code lanes} become zero.
   *
   * @param laneStride 1 if lanes lie next to each other; otherwise the depth does, and its stride
   *     is 1
   * @param s receives the panels, from {@code at}
   * @param staging place in {@code s} of {@link #STAGING} floats that may be overwritten
   */
  static void pack(
      long address,
      long laneStride,
      long depthStride,
      int lanes,
      int width,
      int depth,
      float[] s,
      int at,
      int staging) {
    int panel = width * depth;
    int whole = lanes / width;
    if (whole < Math.ceilDiv(lanes, width)) {
      Arrays.fill(s, at + whole * panel, at + (whole + 1) * panel, 0f);
    }
    if (laneStride == 1) {
      for (int p = 0; p < depth; p++) {
        long from = address + 4 * p * depthStride;
        for (int j = 0; j < lanes; j += width) {
          int to = at + j * depth + p * width;
          Memory.read(from + 4L * j, s, to, Math.min(width, lanes - j));
        }
      }
    } else {
      for (int j = 0; j < lanes; j += width) {
        long from = address + 4 * j * laneStride;
        transpose(from, laneStride, Math.min(width, lanes - j), width, depth, s, at, staging);
        at += panel;
      }
    }
  }

  private static void transpose(
      long address, long stride, int lanes, int width, int depth, float[] s, int at, int staging) {
    for (int p = 0; p < depth; p += STAGED_DEPTH) {
      int steps = Math.min(STAGED_DEPTH, depth - p);
      for (int i = 0; i < lanes; i += STAGED) {
        int rows = Math.min(STAGED, lanes - i);
        for (int r = 0; r < rows; r++) {
          long row = address + 4 * ((i + r) * stride + p);
          Memory.read(row, s, staging + r * STAGED_DEPTH, steps);
        }
        Transpose.apply(s, staging, STAGED_DEPTH, at + p * width + i, width, rows, steps);
      }
    }
  }
}
