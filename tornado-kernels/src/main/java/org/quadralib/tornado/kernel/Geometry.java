package org.quadralib.tornado.kernel;

/**
 * Where the arguments of a convolution stand in its block. Static methods are inlined on devices;
 * what they return is a position, because a kernel cannot pass several numbers at once.
 */
final class Geometry {
  static final int MAPS = 3;
  static final int BATCH = 4;

  /** Input channels of a group. */
  static final int DEPTH = 5;

  static final int GROUPS = 6;

  /** Output channels of a group. */
  static final int WIDTH = 7;

  static final int HEIGHT = 8;
  static final int COLUMNS = 9;
  static final int OUTPUT_HEIGHT = 10;
  static final int OUTPUT_COLUMNS = 11;
  static final int KERNEL_HEIGHT = 12;
  static final int KERNEL_WIDTH = 13;
  static final int STRIDE_HEIGHT = 14;
  static final int STRIDE_WIDTH = 15;
  static final int PADDING_HEIGHT = 16;
  static final int PADDING_WIDTH = 17;
  static final int DILATION_HEIGHT = 18;
  static final int DILATION_WIDTH = 19;

  /** The images, or their gradient. */
  static final int X = 20;

  /** Weights, bias and output of each map follow. */
  private static final int FIRST_MAP = 21;

  private static final int MAP = 3;

  private Geometry() {}

  /** Where it says where the weights of a map are, or their gradient. */
  static int weights(int at, int map) {
    return at + FIRST_MAP + MAP * map;
  }

  /** Where it says where the bias of a map is; there −1 is none. */
  static int bias(int at, int map) {
    return weights(at, map) + 1;
  }

  /** Where it says where the output of a map is, or its gradient. */
  static int output(int at, int map) {
    return weights(at, map) + 2;
  }

  /**
   * The first of positions {@code stride} apart, of which the first is {@code before} pixels before
   * an image, that lies in it: of output rows that meet a tap, of taps that meet an output row, or
   * the same of columns.
   */
  static int first(int before, int stride) {
    return before > 0 ? (before + stride - 1) / stride : 0;
  }

  /** One past the last of {@code count} such positions. */
  static int last(int before, int stride, int size, int count) {
    int reach = size - 1 + before;
    int end = reach < 0 ? 0 : reach / stride + 1;
    return end < count ? end : count;
  }

  /** One of the four elements that a thread has of a tile: above left, above right, below. */
  static float corner(int corner, float sum00, float sum01, float sum10, float sum11) {
    return corner == 0 ? sum00 : (corner == 1 ? sum01 : (corner == 2 ? sum10 : sum11));
  }
}
