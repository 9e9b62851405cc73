package org.quadralib.tornado;

/**
 * Sizes of the arrays on a device.
 *
 * @param memoryBytes of the slab, header included
 * @param code integers of the program
 * @param constants floats of the program
 * @param integers integer inputs and the table of parts
 * @param stage floats that go to the device at once
 */
record Capacity(long memoryBytes, int code, int constants, int integers, int stage) {
  /** Up to here sizes are rounded, so that small plans share compiled kernels. */
  private static final int SMALL = 1 << 12;

  /** What a plan needs, small sizes rounded up. */
  static Capacity of(long memoryBytes, int code, int constants, int integers, int stage) {
    return new Capacity(
        memoryBytes, power(code, SMALL), power(constants, 256), small(integers), small(stage));
  }

  private static int power(int size, int least) {
    return Math.max(least, Integer.highestOneBit(2 * size - 1));
  }

  /** Exact where it is large: these travel with every run. */
  private static int small(int size) {
    return size > SMALL ? size : power(Math.max(size, 1), 256);
  }

  /** Bytes on the device beside the slab. */
  long besideSlab() {
    return 4L * ((long) code + constants + integers + stage + Program.COUNTERS);
  }
}
