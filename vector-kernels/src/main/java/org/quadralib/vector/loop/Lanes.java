package org.quadralib.vector.loop;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import org.quadralib.vector.gemm.Tile;

/**
 * Sums and maxima over the lanes of a vector.
 *
 * <p>{@code reduceLanes} leaves the order of a sum open, so that interpreted and compiled code may
 * round differently; here halves are folded onto each other, which gives the same bits always.
 */
public final class Lanes {
  private static final int LANES = Tile.LANES;

  // Each folds lane i + distance onto lane i; constants, or the rotation is not compiled inline.
  private static final VectorShuffle<Float> BY_1 = rotation(1);
  private static final VectorShuffle<Float> BY_2 = rotation(2);
  private static final VectorShuffle<Float> BY_4 = rotation(4);
  private static final VectorShuffle<Float> BY_8 = rotation(8);

  private Lanes() {}

  private static VectorShuffle<Float> rotation(int distance) {
    return VectorShuffle.fromOp(Tile.SPECIES, lane -> (lane + distance) % LANES);
  }

  /** Sum of all lanes. */
  public static float sum(FloatVector v) {
    FloatVector folded = v;
    if (LANES > 8) {
      folded = folded.add(folded.rearrange(BY_8));
    }
    if (LANES > 4) {
      folded = folded.add(folded.rearrange(BY_4));
    }
    folded = folded.add(folded.rearrange(BY_2));
    return folded.add(folded.rearrange(BY_1)).lane(0);
  }

  /** Largest lane; NaN if there is one. */
  public static float max(FloatVector v) {
    return v.reduceLanes(VectorOperators.MAX);
  }
}
