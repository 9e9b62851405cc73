package org.quadralib.vector.elementwise;

import static org.quadralib.vector.gemm.Memory.get;
import static org.quadralib.vector.gemm.Memory.load;
import static org.quadralib.vector.gemm.Memory.set;
import static org.quadralib.vector.gemm.Memory.store;

import jdk.incubator.vector.FloatVector;
import org.quadralib.vector.gemm.Tile;

/** Sums, differences and products of two runs of floats, or of a run and one float. */
final class BinaryLoops {
  private static final int LANES = Tile.LANES;

  private BinaryLoops() {}

  static void add(long x, long y, long z, int count) {
    int i = 0;
    for (; i <= count - LANES; i += LANES) {
      store(load(x + 4L * i).add(load(y + 4L * i)), z + 4L * i);
    }
    for (; i < count; i++) {
      set(z + 4L * i, get(x + 4L * i) + get(y + 4L * i));
    }
  }

  static void subtract(long x, long y, long z, int count) {
    int i = 0;
    for (; i <= count - LANES; i += LANES) {
      store(load(x + 4L * i).sub(load(y + 4L * i)), z + 4L * i);
    }
    for (; i < count; i++) {
      set(z + 4L * i, get(x + 4L * i) - get(y + 4L * i));
    }
  }

  static void multiply(long x, long y, long z, int count) {
    int i = 0;
    for (; i <= count - LANES; i += LANES) {
      store(load(x + 4L * i).mul(load(y + 4L * i)), z + 4L * i);
    }
    for (; i < count; i++) {
      set(z + 4L * i, get(x + 4L * i) * get(y + 4L * i));
    }
  }

  static void addOne(long x, long y, long z, int count) {
    float one = get(y);
    FloatVector ones = FloatVector.broadcast(Tile.SPECIES, one);
    int i = 0;
    for (; i <= count - LANES; i += LANES) {
      store(load(x + 4L * i).add(ones), z + 4L * i);
    }
    for (; i < count; i++) {
      set(z + 4L * i, get(x + 4L * i) + one);
    }
  }

  static void subtractOne(long x, long y, long z, int count) {
    float one = get(y);
    FloatVector ones = FloatVector.broadcast(Tile.SPECIES, one);
    int i = 0;
    for (; i <= count - LANES; i += LANES) {
      store(load(x + 4L * i).sub(ones), z + 4L * i);
    }
    for (; i < count; i++) {
      set(z + 4L * i, get(x + 4L * i) - one);
    }
  }

  static void multiplyByOne(long x, long y, long z, int count) {
    float one = get(y);
    FloatVector ones = FloatVector.broadcast(Tile.SPECIES, one);
    int i = 0;
    for (; i <= count - LANES; i += LANES) {
      store(load(x + 4L * i).mul(ones), z + 4L * i);
    }
    for (; i < count; i++) {
      set(z + 4L * i, get(x + 4L * i) * one);
    }
  }

  static void subtractFromOne(long x, long y, long z, int count) {
    float one = get(x);
    FloatVector ones = FloatVector.broadcast(Tile.SPECIES, one);
    int i = 0;
    for (; i <= count - LANES; i += LANES) {
      store(ones.sub(load(y + 4L * i)), z + 4L * i);
    }
    for (; i < count; i++) {
      set(z + 4L * i, one - get(y + 4L * i));
    }
  }
}
