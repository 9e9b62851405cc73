package org.quadralib.vector.norm;

import static org.quadralib.vector.gemm.Memory.get;
import static org.quadralib.vector.gemm.Memory.load;
import static org.quadralib.vector.gemm.Memory.set;
import static org.quadralib.vector.gemm.Memory.store;

import jdk.incubator.vector.FloatVector;
import org.quadralib.backend.Memory;
import org.quadralib.plan.Workspace;
import org.quadralib.tensor.Shape;
import org.quadralib.vector.gemm.Tile;
import org.quadralib.vector.loop.Floats;
import org.quadralib.vector.loop.Lanes;
import org.quadralib.vector.parallel.WorkerPool;
import org.quadralib.vector.reduce.Layout;
import org.quadralib.vector.reduce.Reduction;

/**
 * Mean and biased variance per channel. Each unit is read from memory once and looked at twice: for
 * its mean, then, still in the cache, for the squares of the distances from it. Units are combined
 * as Chan, Golub and LeVeque (1983) do. So nothing cancels when the mean is far from zero.
 */
public final class StatisticsKernel extends Reduction {
  private static final int LANES = Tile.LANES;

  private final long x;
  private final long mean;
  private final long variance;
  private final long means;
  private final long squares;

  /** A kernel bound to its memory. */
  public StatisticsKernel(Memory memory, WorkerPool pool) {
    super(Layout.channels(memory.in(0).shape()), pool);
    x = Floats.address(memory.in(0));
    mean = Floats.address(memory.out(0));
    variance = Floats.address(memory.out(1));
    means = memory.scratch().address();
    squares = means + 4L * layout.units();
  }

  /** Scratch memory for mean and squares of each unit. */
  public static Workspace workspace(Shape x) {
    return Layout.channels(x).workspace(2);
  }

  @Override
  protected void segments(long first, int rows, int count, int channel, long unit) {
    long at = x + 4 * first;
    long step = 4L * layout.columns();
    float centre = (float) (Floats.sum(at, rows, step, count) / ((long) rows * count));
    set(means + 4 * unit, centre);
    set(squares + 4 * unit, squares(at, rows, step, count, centre));
  }

  @Override
  protected void columns(long first, int depth, int column, int count, long unit) {
    long step = 4L * layout.columns();
    int i = 0;
    for (; i <= count - LANES; i += LANES) {
      vectorColumns(
          x + 4 * (first + i), step, depth, means + 4 * (unit + i), squares + 4 * (unit + i));
    }
    for (; i < count; i++) {
      column(x + 4 * (first + i), step, depth, means + 4 * (unit + i), squares + 4 * (unit + i));
    }
  }

  @Override
  protected void combineUnits(int channel) {
    long step = (long) layout.kept() * layout.partialInner();
    double count = 0;
    double sum = 0;
    for (int o = 0; o < layout.partialOuter(); o++) {
      long unit = layout.firstUnit(channel) + o * step;
      for (int i = 0; i < layout.partialInner(); i++) {
        int part = layout.count(o, i);
        count += part;
        sum += part * (double) get(means + 4 * (unit + i));
      }
    }
    double centre = sum / count;
    double distances = 0;
    for (int o = 0; o < layout.partialOuter(); o++) {
      long unit = layout.firstUnit(channel) + o * step;
      for (int i = 0; i < layout.partialInner(); i++) {
        double shift = get(means + 4 * (unit + i)) - centre;
        distances += get(squares + 4 * (unit + i)) + layout.count(o, i) * shift * shift;
      }
    }
    set(mean + 4L * channel, (float) centre);
    set(variance + 4L * channel, (float) (distances / count));
  }

  private static float squares(long x, int rows, long step, int count, float centre) {
    FloatVector a = FloatVector.zero(Tile.SPECIES);
    FloatVector b = a;
    float rest = 0;
    for (int row = 0; row < rows; row++) {
      long at = x + row * step;
      int i = 0;
      for (; i <= count - 2 * LANES; i += 2 * LANES) {
        FloatVector v = load(at + 4L * i).sub(centre);
        FloatVector w = load(at + 4L * i + 4L * LANES).sub(centre);
        a = v.fma(v, a);
        b = w.fma(w, b);
      }
      for (; i < count; i++) {
        float distance = get(at + 4L * i) - centre;
        rest += distance * distance;
      }
    }
    return Lanes.sum(a.add(b)) + rest;
  }

  private static void vectorColumns(long x, long step, int depth, long means, long squares) {
    FloatVector sum = load(x);
    for (int d = 1; d < depth; d++) {
      sum = sum.add(load(x + d * step));
    }
    FloatVector centre = sum.mul(1f / depth);
    FloatVector square = FloatVector.zero(Tile.SPECIES);
    for (int d = 0; d < depth; d++) {
      FloatVector distance = load(x + d * step).sub(centre);
      square = distance.fma(distance, square);
    }
    store(centre, means);
    store(square, squares);
  }

  private static void column(long x, long step, int depth, long means, long squares) {
    double sum = 0;
    for (int d = 0; d < depth; d++) {
      sum += get(x + d * step);
    }
    float centre = (float) (sum / depth);
    float square = 0;
    for (int d = 0; d < depth; d++) {
      float distance = get(x + d * step) - centre;
      square += distance * distance;
    }
    set(means, centre);
    set(squares, square);
  }
}
