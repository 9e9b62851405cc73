package org.quadralib.vector.conv;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.quadralib.vector.gemm.Tile;

/**
 * Shapes for tests of convolutions: sizes that divide nothing, and each feature by itself and
 * mixed.
 */
final class ConvCases {
  private ConvCases() {}

  static List<ConvShape> all(long seed) {
    List<ConvShape> cases = new ArrayList<>();
    // Typical ones.
    cases.add(ConvShape.of(2, 16, 32, 32, 16, 3, 1, 1));
    cases.add(ConvShape.of(3, 16, 32, 32, 32, 3, 2, 1));
    cases.add(ConvShape.of(2, 64, 8, 8, 64, 3, 1, 1));
    cases.add(ConvShape.of(5, 96, 4, 4, 80, 3, 1, 1));
    cases.add(ConvShape.of(9, 70, 2, 2, 200, 3, 1, 1));
    cases.add(ConvShape.of(2, 16, 32, 32, 32, 1, 2, 0));
    cases.add(ConvShape.of(2, 24, 7, 9, 40, 1, 1, 0));
    cases.add(ConvShape.of(1, 3, 40, 36, 8, 7, 2, 3));
    // Long rows, more than one block of columns.
    cases.add(ConvShape.of(1, 2, 3, 2500, 5, 3, 1, 1));
    cases.add(ConvShape.of(1, 150, 1, 1100, 70, 1, 1, 0));
    // Depth beyond one block, weights packed by each task.
    cases.add(ConvShape.of(1, 260, 5, 6, 450, 3, 1, 1));
    // Narrow images: more than one round of pixels, several groups, rows split.
    cases.add(ConvShape.of(50, 6, 5, 5, 9, 3, 1, 1));
    cases.add(new ConvShape(3, 10, 3, 5, 180, 3, 3, 1, 1, 1, 1, 1, 1, 2));
    cases.add(ConvShape.of(2, 3, 70, 3, 7, 3, 1, 1));
    // Small planes of many images: edges, strides, images and channels that fill no vector.
    cases.add(ConvShape.of(16, 32, 8, 8, 40, 3, 2, 1));
    cases.add(ConvShape.of(23, 30, 2, 2, 60, 3, 1, 1));
    cases.add(ConvShape.of(13, 29, 5, 7, 62, 3, 1, 1));
    cases.add(ConvShape.of(8, 32, 11, 11, 32, 1, 2, 0));
    cases.add(new ConvShape(16, 16, 9, 10, 48, 4, 3, 3, 2, 2, 1, 1, 2, 1));
    // Planes of two by two: more than one group of images, of depth, of output channels.
    cases.add(ConvShape.of(32, 64, 2, 2, 40, 3, 1, 1));
    cases.add(ConvShape.of(61, 130, 2, 2, 17, 3, 1, 1));
    cases.add(ConvShape.of(300, 3, 2, 2, 5, 3, 1, 1));
    // Few pixels: filters longer than one chunk, strides, one by one.
    cases.add(ConvShape.of(1, 70, 4, 4, 37, 3, 1, 1));
    cases.add(ConvShape.of(4, 300, 2, 2, 20, 3, 1, 1));
    cases.add(ConvShape.of(1, 40, 7, 8, 13, 3, 2, 1));
    cases.add(ConvShape.of(3, 1300, 2, 2, 10, 1, 1, 0));
    // Depthwise and grouped.
    cases.add(new ConvShape(2, 19, 16, 16, 19, 3, 3, 1, 1, 1, 1, 1, 1, 19));
    cases.add(new ConvShape(2, 10, 13, 11, 20, 3, 3, 2, 2, 1, 1, 1, 1, 10));
    cases.add(new ConvShape(2, 12, 9, 17, 18, 3, 5, 1, 1, 1, 2, 1, 1, 6));
    cases.add(new ConvShape(1, 8, 20, 20, 8, 7, 7, 1, 1, 3, 3, 1, 1, 8));
    cases.add(new ConvShape(1, 6, 12, 12, 6, 3, 3, 1, 1, 2, 2, 2, 2, 6));
    cases.add(new ConvShape(3, 60, 7, 10, 3, 3, 3, 2, 1, 1, 1, 1, 1, 3));
    cases.add(new ConvShape(1, 2, 2, 2100, 2, 1, 3, 1, 1, 0, 1, 1, 1, 2));
    cases.add(new ConvShape(40, 4, 9, 9, 4, 3, 3, 1, 1, 1, 1, 1, 1, 4));
    // Widths around multiples of the lanes.
    for (int width :
        new int[] {1, Tile.LANES - 1, Tile.LANES, Tile.LANES + 1, 4 * Tile.LANES + 1}) {
      cases.add(ConvShape.of(2, 3, 5, width, 5, 3, 1, 1));
      cases.add(ConvShape.of(1, 2, width, 3, 4, 3, 1, 1));
    }
    // Phases of strides: odd planes, rows in several blocks, fewer taps than phases, half vectors.
    cases.add(ConvShape.of(6, 5, 33, 35, 9, 3, 2, 1));
    cases.add(ConvShape.of(1, 2, 5, 4301, 3, 3, 2, 1));
    cases.add(ConvShape.of(1, 2, 4, 6500, 3, 4, 3, 1));
    cases.add(ConvShape.of(2, 70, 31, 47, 200, 1, 2, 0));
    cases.add(ConvShape.of(9, 20, 16, 16, 33, 1, 2, 0));
    cases.add(ConvShape.of(3, 18, 31, 33, 20, 1, 2, 0));
    cases.add(new ConvShape(2, 6, 13, 14, 8, 1, 1, 2, 3, 0, 0, 1, 1, 2));
    cases.add(ConvShape.of(1, 180, 9, 50, 300, 3, 2, 1));
    cases.add(new ConvShape(2, 6, 20, 64, 6, 3, 3, 2, 2, 1, 1, 1, 1, 6));
    // Shallow ones with several blocks of filters; small planes of many images, joined from phases.
    cases.add(ConvShape.of(2, 3, 32, 32, 40, 3, 1, 1));
    cases.add(ConvShape.of(17, 32, 16, 16, 64, 3, 2, 1));
    cases.add(ConvShape.of(8, 16, 15, 13, 48, 3, 2, 1));
    // Asymmetric everything; padding beyond the kernel; stride beyond the kernel.
    cases.add(new ConvShape(2, 3, 11, 23, 5, 3, 2, 2, 3, 0, 4, 1, 2, 1));
    cases.add(new ConvShape(1, 2, 9, 10, 3, 2, 5, 3, 1, 3, 0, 3, 1, 1));
    cases.add(new ConvShape(1, 2, 4, 4, 3, 1, 1, 3, 3, 2, 2, 1, 1, 1));
    cases.add(new ConvShape(2, 1, 1, 1, 1, 1, 1, 1, 1, 3, 3, 1, 1, 1));
    cases.add(new ConvShape(1, 1, 7, 7, 1, 2, 2, 4, 4, 5, 5, 2, 2, 1));
    cases.add(new ConvShape(1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 1));
    Random random = new Random(seed);
    while (cases.size() < 110) {
      int groups = random.nextInt(4) == 0 ? 1 + random.nextInt(4) : 1;
      try {
        cases.add(
            new ConvShape(
                1 + random.nextInt(4),
                groups * (1 + random.nextInt(9)),
                1 + random.nextInt(20),
                1 + random.nextInt(40),
                groups * (1 + random.nextInt(11)),
                1 + random.nextInt(4),
                1 + random.nextInt(4),
                1 + random.nextInt(3),
                1 + random.nextInt(3),
                random.nextInt(4),
                random.nextInt(4),
                1 + random.nextInt(3),
                1 + random.nextInt(3),
                groups));
      } catch (IllegalArgumentException kernelDoesNotFit) {
        // Draw again.
      }
    }
    return cases;
  }
}
