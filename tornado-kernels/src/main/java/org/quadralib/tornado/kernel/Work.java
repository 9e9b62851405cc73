package org.quadralib.tornado.kernel;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** How a kernel finds its arguments and its share of the work. All of it is inlined. */
final class Work {
  /** Where a kernel's own arguments begin in its block. */
  static final int ARGUMENTS = 2;

  private Work() {}

  /** First element of a thread. */
  static int first(int thread, int n, int threads, int blocked) {
    return blocked == 1 ? thread * chunk(n, threads) : thread;
  }

  /** One past the last element of a thread. */
  static int last(int thread, int n, int threads, int blocked) {
    int end = (thread + 1) * chunk(n, threads);
    return blocked == 1 && end < n ? end : n;
  }

  /** From one element of a thread to its next. */
  static int step(int threads, int blocked) {
    return blocked == 1 ? 1 : threads;
  }

  private static int chunk(int n, int threads) {
    return n / threads + (n % threads == 0 ? 0 : 1);
  }

  /** What thread 0 of each launch does: move the counter of the unit before, and count. */
  static void done(FloatArray memory, IntArray program, IntArray counters, int at) {
    counters.set(program.get(at), program.get(at + 1));
    memory.set(0, memory.get(0) + 1f);
  }
}
