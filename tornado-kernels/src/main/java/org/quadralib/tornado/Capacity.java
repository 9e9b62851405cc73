package org.quadralib.tornado;

import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * Sizes of the arrays on a device.
 *
 * @param memoryBytes of states and slab, header included
 * @param code integers of the program
 * @param constants floats of the program
 * @param integers integer inputs and the table of parts
 * @param stage floats that go to the device at once
 */
record Capacity(long memoryBytes, int code, int constants, int integers, int stage) {
  /** Up to here sizes are rounded, so that small plans share compiled kernels. */
  private static final int SMALL = 1 << 12;

  /** What a plan needs, small sizes rounded up. */
  static Capacity of(long memoryBytes, Program program, Staging staging) {
    return new Capacity(
        memoryBytes,
        power(program.code().length, SMALL),
        power(program.constants().length, 256),
        small(staging.integersSize()),
        small(staging.stageSize()));
  }

  private static int power(int size, int least) {
    return Math.max(least, Integer.highestOneBit(2 * size - 1));
  }

  /** Exact where it is large: these travel with every run. */
  private static int small(int size) {
    return size > SMALL ? size : power(Math.max(size, 1), 256);
  }

  /** Elements of the counters: one more than there are, for what no unit reads. */
  static int counters() {
    return Program.COUNTERS + 1;
  }

  /** Bytes on the device beside the slab: five arrays, each with a header. */
  long besideBytes() {
    return 4L * ((long) code + counters() + constants + integers + stage)
        + 5 * TornadoNativeArray.ARRAY_HEADER;
  }
}
