package org.quadralib.vector.pool;

import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import org.quadralib.vector.gemm.Tile;

/** Shuffles and masks for exchanges of groups of lanes. */
final class Exchange {
  private static final int LANES = Tile.LANES;

  private Exchange() {}

  /** Exchanges neighbouring groups of {@code step} lanes; changes nothing if there is one group. */
  static VectorShuffle<Float> swap(int step) {
    return VectorShuffle.fromOp(Tile.SPECIES, lane -> (lane ^ step) % LANES);
  }

  /** The lanes of the second of two neighbouring groups of {@code step} lanes. */
  static VectorMask<Float> high(int step) {
    boolean[] lanes = new boolean[LANES];
    for (int lane = 0; lane < LANES; lane++) {
      lanes[lane] = (lane & step) != 0;
    }
    return VectorMask.fromArray(Tile.SPECIES, lanes, 0);
  }

  /** What puts lanes back to where a permutation took them from. */
  static VectorShuffle<Float> inverse(VectorShuffle<Float> permutation) {
    int[] sources = new int[LANES];
    for (int lane = 0; lane < LANES; lane++) {
      sources[permutation.laneSource(lane)] = lane;
    }
    return VectorShuffle.fromArray(Tile.SPECIES, sources, 0);
  }
}
