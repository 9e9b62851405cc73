package org.quadralib.vector.conv;

import java.util.Arrays;
import org.quadralib.vector.gemm.Memory;
import org.quadralib.vector.gemm.Tile;
import org.quadralib.vector.gemm.Transpose;

/**
 * The input of a {@link TapProblem} rearranged so that a pixel of {@link #IMAGES} images lies
 * together: {@code [groups of images][pixels][vectors of channels][images][LANES]}.
 */
final class ImageGroups {
  /** Images of a group: the rows of a register tile. */
  static final int IMAGES = Tile.ROWS;

  /** Floats from one vector of channels of a pixel to the next. */
  static final int BLOCK_STRIDE = Tile.ROWS * Tile.LANES;

  private static final int LANES = Tile.LANES;

  private final TapProblem problem;
  private final int blocksPerMap;
  private final int pixelStride;
  private final int groupStride;

  ImageGroups(TapProblem problem) {
    this.problem = problem;
    blocksPerMap = Math.ceilDiv(problem.inputChannels(), LANES);
    pixelStride = blocks() * BLOCK_STRIDE;
    // One vector more than needed, lest all groups share a few cache sets.
    groupStride = problem.height() * problem.width() * pixelStride + LANES;
  }

  /** Groups of images. */
  int count() {
    return Math.ceilDiv(problem.batch(), IMAGES);
  }

  /** Images in a group: in the last one they may be fewer. */
  int imagesOf(int group) {
    return Math.min(IMAGES, problem.batch() - group * IMAGES);
  }

  /** Vectors of channels, over all input tensors. */
  int blocks() {
    return problem.inputMaps() * blocksPerMap;
  }

  int pixelStride() {
    return pixelStride;
  }

  /** Where a group begins in scratch memory. */
  int start(int group) {
    return Tile.SCRATCH_START + group * groupStride;
  }

  /** Floats of all groups. */
  int floats() {
    return count() * groupStride;
  }

  /** Floats of scratch memory of one thread. */
  int scratchFloats() {
    return LANES * (problem.height() * problem.width() | LANES);
  }

  /**
   * Rearranges one vector of channels of a group.
   *
   * @param input addresses of the input tensors
   * @param block which vector, of {@link #blocks}
   * @param free where scratch memory begins in {@code s}; the groups begin at {@link #start}
   */
  void arrange(long[] input, int group, int block, float[] s, int free) {
    int channel = block % blocksPerMap * LANES;
    int used = Math.min(LANES, problem.inputChannels() - channel);
    int plane = problem.height() * problem.width();
    int stride = plane | LANES;
    int to = start(group) + block * BLOCK_STRIDE;
    int images = imagesOf(group);
    for (int i = 0; i < images; i++) {
      long image = (long) (group * IMAGES + i) * problem.inputChannels() + channel;
      long from = input[block / blocksPerMap] + 4 * image * plane;
      for (int l = 0; l < used; l++) {
        Memory.read(from + 4L * l * plane, s, free + l * stride, plane);
      }
      Transpose.apply(s, free, stride, to + i * LANES, pixelStride, used, plane);
    }
    for (int i = images; i < IMAGES; i++) {
      for (int p = 0; p < plane; p++) {
        int at = to + i * LANES + p * pixelStride;
        Arrays.fill(s, at, at + LANES, 0f);
      }
    }
  }
}
