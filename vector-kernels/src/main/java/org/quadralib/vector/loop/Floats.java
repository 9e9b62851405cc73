package org.quadralib.vector.loop;

import static org.quadralib.vector.gemm.Memory.get;
import static org.quadralib.vector.gemm.Memory.load;
import static org.quadralib.vector.gemm.Memory.set;
import static org.quadralib.vector.gemm.Memory.store;

import jdk.incubator.vector.FloatVector;
import org.quadralib.tensor.Tensor;
import org.quadralib.vector.gemm.FloatSpan;
import org.quadralib.vector.gemm.Tile;

/** Loops over runs of floats at absolute addresses, on the calling thread. */
public final class Floats {
  private static final int LANES = Tile.LANES;

  /** Floats summed in single precision before they are added up in double precision. */
  private static final int BLOCK = 1024;

  private Floats() {}

  /** Where a tensor begins. */
  public static long address(Tensor tensor) {
    return FloatSpan.of(tensor.segment()).address();
  }

  /** Copies a run to another that does not overlap it. */
  public static void copy(long from, long to, int count) {
    int i = 0;
    for (; i <= count - LANES; i += LANES) {
      store(load(from + 4L * i), to + 4L * i);
    }
    for (; i < count; i++) {
      set(to + 4L * i, get(from + 4L * i));
    }
  }

  /** Sets all of a run. */
  public static void fill(long to, int count, float value) {
    FloatVector values = FloatVector.broadcast(Tile.SPECIES, value);
    int i = 0;
    for (; i <= count - LANES; i += LANES) {
      store(values, to + 4L * i);
    }
    for (; i < count; i++) {
      set(to + 4L * i, value);
    }
  }

  /** {@code to += from}. */
  public static void add(long from, long to, int count) {
    int i = 0;
    for (; i <= count - LANES; i += LANES) {
      store(load(to + 4L * i).add(load(from + 4L * i)), to + 4L * i);
    }
    for (; i < count; i++) {
      set(to + 4L * i, get(to + 4L * i) + get(from + 4L * i));
    }
  }

  /** Sum of a run. */
  public static double sum(long from, int count) {
    return sum(from, 1, 0, count);
  }

  /**
   * Sum of several runs of one length.
   *
   * @param step bytes from run to run
   */
  public static double sum(long from, int rows, long step, int count) {
    if (count <= BLOCK) {
      return blockSum(from, rows, step, count);
    }
    double sum = 0;
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < count; i += BLOCK) {
        sum += blockSum(from + row * step + 4L * i, 1, step, Math.min(BLOCK, count - i));
      }
    }
    return sum;
  }

  private static double blockSum(long from, int rows, long step, int count) {
    FloatVector a = FloatVector.zero(Tile.SPECIES);
    FloatVector b = a;
    float rest = 0;
    for (int row = 0; row < rows; row++) {
      long at = from + row * step;
      int i = 0;
      for (; i <= count - 2 * LANES; i += 2 * LANES) {
        a = a.add(load(at + 4L * i));
        b = b.add(load(at + 4L * i + 4L * LANES));
      }
      for (; i <= count - LANES; i += LANES) {
        a = a.add(load(at + 4L * i));
      }
      for (; i < count; i++) {
        rest += get(at + 4L * i);
      }
    }
    return (double) Lanes.sum(a.add(b)) + rest;
  }
}
