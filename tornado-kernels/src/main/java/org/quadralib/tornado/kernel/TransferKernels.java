package org.quadralib.tornado.kernel;

import uk.ac.manchester.tornado.api.annotations.Parallel;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/** What happens around the launches of a program. */
public final class TransferKernels {
  private TransferKernels() {}

  /** Takes all arrays to the device; the launches count from here. */
  public static void boot(
      FloatArray memory,
      IntArray program,
      IntArray counters,
      FloatArray constants,
      IntArray integers,
      int unit,
      int threads,
      int blocked) {
    for (@Parallel int t = 0; t < threads; t++) {
      if (t == 0) {
        counters.set(unit, program.get(0) + integers.get(0));
        memory.set(0, constants.get(0));
      }
    }
  }

  /**
   * Copies staged numbers to their places. Integers: whether a run begins, number of parts, then
   * for each its position in the stage, in memory, and its elements. When a run begins, launches
   * count from 1 and every unit goes back to its first block: their number and positions stand at
   * the start of the program.
   */
  public static void load(
      FloatArray memory,
      IntArray program,
      IntArray counters,
      FloatArray constants,
      IntArray integers,
      FloatArray stage,
      int threads,
      int blocked) {
    for (@Parallel int t = 0; t < threads; t++) {
      int parts = integers.get(1);
      for (int part = 0; part < parts; part++) {
        int from = integers.get(2 + 3 * part);
        int to = integers.get(3 + 3 * part);
        int n = integers.get(4 + 3 * part);
        int last = Work.last(t, n, threads, blocked);
        int step = Work.step(threads, blocked);
        for (int i = Work.first(t, n, threads, blocked); i < last; i += step) {
          memory.set(to + i, stage.get(from + i));
        }
      }
      if (t == 0 && integers.get(0) == 1) {
        memory.set(0, constants.get(0) + 1f);
        int units = program.get(0);
        for (int u = 0; u < units; u++) {
          counters.set(u, program.get(1 + u));
        }
      }
    }
  }
}
