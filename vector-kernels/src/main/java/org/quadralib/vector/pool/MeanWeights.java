package org.quadralib.vector.pool;

import static org.quadralib.vector.gemm.Memory.get;
import static org.quadralib.vector.gemm.Memory.load;
import static org.quadralib.vector.gemm.Memory.set;
import static org.quadralib.vector.gemm.Memory.store;

import jdk.incubator.vector.FloatVector;
import org.quadralib.vector.gemm.Tile;
import org.quadralib.vector.loop.WindowAxis;

/**
 * What sums over windows are multiplied by to be means: the number of pixels that count in a window
 * is that of its rows times that of its columns.
 *
 * @param rows inverse number of rows that count, for each row of results
 * @param columns the same for columns
 */
record MeanWeights(float[] rows, float[] columns) {
  static MeanWeights of(WindowAxis vertical, WindowAxis horizontal, boolean countPadding) {
    return new MeanWeights(inverse(vertical, countPadding), inverse(horizontal, countPadding));
  }

  private static float[] inverse(WindowAxis axis, boolean countPadding) {
    float[] inverse = new float[axis.outputs()];
    for (int i = 0; i < inverse.length; i++) {
      inverse[i] = 1f / axis.counted(i, countPadding);
    }
    return inverse;
  }

  /** Multiplies row {@code oh} of results. */
  void scale(long from, int oh, long to) {
    int i = 0;
    for (; i <= columns.length - Tile.LANES; i += Tile.LANES) {
      FloatVector weight = FloatVector.fromArray(Tile.SPECIES, columns, i).mul(rows[oh]);
      store(load(from + 4L * i).mul(weight), to + 4L * i);
    }
    for (; i < columns.length; i++) {
      set(to + 4L * i, get(from + 4L * i) * (columns[i] * rows[oh]));
    }
  }
}
