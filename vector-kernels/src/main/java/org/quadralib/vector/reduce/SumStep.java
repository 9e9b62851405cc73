package org.quadralib.vector.reduce;

import static org.quadralib.vector.gemm.Memory.get;
import static org.quadralib.vector.gemm.Memory.load;
import static org.quadralib.vector.gemm.Memory.set;
import static org.quadralib.vector.gemm.Memory.store;

import jdk.incubator.vector.FloatVector;
import org.quadralib.vector.gemm.Tile;
import org.quadralib.vector.loop.Floats;
import org.quadralib.vector.parallel.WorkerPool;

/** Sums of one {@link Layout}. */
final class SumStep extends Reduction {
  private static final int LANES = Tile.LANES;

  private final long x;
  private final long y;
  private final long partials;

  SumStep(Layout layout, long x, long y, long scratch, WorkerPool pool) {
    super(layout, pool);
    this.x = x;
    this.y = y;
    this.partials = direct() ? y : scratch;
  }

  @Override
  protected boolean direct() {
    return layout.partialOuter() * layout.partialInner() == 1;
  }

  @Override
  protected void segments(long first, int rows, int count, int kept, long unit) {
    double sum = Floats.sum(x + 4 * first, rows, 4L * layout.columns(), count);
    set(partials + 4 * unit, (float) sum);
  }

  @Override
  protected void columns(long first, int depth, int column, int count, long unit) {
    sumColumns(x + 4 * first, 4L * layout.columns(), depth, count, partials + 4 * unit);
  }

  @Override
  protected void combineUnits(int result) {
    set(y + 4L * result, (float) total(partials, result));
  }

  private static void sumColumns(long x, long step, int depth, int count, long to) {
    int i = 0;
    for (; i <= count - 4 * LANES; i += 4 * LANES) {
      sumFourVectors(x + 4L * i, step, depth, to + 4L * i);
    }
    for (; i <= count - LANES; i += LANES) {
      FloatVector sum = load(x + 4L * i);
      for (int d = 1; d < depth; d++) {
        sum = sum.add(load(x + 4L * i + d * step));
      }
      store(sum, to + 4L * i);
    }
    for (; i < count; i++) {
      double sum = 0;
      for (int d = 0; d < depth; d++) {
        sum += get(x + 4L * i + d * step);
      }
      set(to + 4L * i, (float) sum);
    }
  }

  private static void sumFourVectors(long x, long step, int depth, long to) {
    FloatVector a = load(x);
    FloatVector b = load(x + 4L * LANES);
    FloatVector c = load(x + 8L * LANES);
    FloatVector d = load(x + 12L * LANES);
    for (int i = 1; i < depth; i++) {
      long row = x + i * step;
      a = a.add(load(row));
      b = b.add(load(row + 4L * LANES));
      c = c.add(load(row + 8L * LANES));
      d = d.add(load(row + 12L * LANES));
    }
    store(a, to);
    store(b, to + 4L * LANES);
    store(c, to + 8L * LANES);
    store(d, to + 12L * LANES);
  }
}
