package org.quadralib.vector.norm;

import static org.quadralib.vector.gemm.Memory.get;
import static org.quadralib.vector.gemm.Memory.load;
import static org.quadralib.vector.gemm.Memory.set;
import static org.quadralib.vector.gemm.Memory.store;

import java.util.List;
import jdk.incubator.vector.FloatVector;
import org.quadralib.backend.Kernel;
import org.quadralib.backend.Memory;
import org.quadralib.graph.op.BatchNormGradient;
import org.quadralib.plan.Workspace;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.Tensor;
import org.quadralib.vector.gemm.Tile;
import org.quadralib.vector.loop.Floats;
import org.quadralib.vector.loop.RowTiles;
import org.quadralib.vector.parallel.ParallelTask;
import org.quadralib.vector.parallel.WorkerPool;
import org.quadralib.vector.reduce.Layout;

/**
 * Derivative of batch normalisation through its statistics. With the sums of {@link GradientSums},
 * {@code dx = scale · (g − offset − (x − mean) · slope)}.
 */
public final class NormGradientKernel implements Kernel, ParallelTask {
  private static final int LANES = Tile.LANES;

  private final WorkerPool pool;
  private final Memory memory;
  private final double epsilon;
  private final Layout layout;
  private final GradientSums sums;
  private final ChannelPattern pattern;
  private final RowTiles tiles;
  private final long g;
  private final long x;
  private final long dx;

  /** A kernel bound to its memory. */
  public NormGradientKernel(BatchNormGradient op, Memory memory, WorkerPool pool) {
    this.pool = pool;
    this.memory = memory;
    epsilon = op.epsilon();
    layout = Layout.channels(memory.in(1).shape());
    long scratch = memory.scratch().address();
    pattern = new ChannelPattern(layout, scratch);
    sums = new GradientSums(memory, pattern, scratch + 4L * patternFloats(layout), pool);
    tiles = ChannelPattern.tiles(layout);
    g = Floats.address(memory.in(0));
    x = Floats.address(memory.in(1));
    dx = Floats.address(memory.out(0));
  }

  /** Scratch memory for four numbers per channel and two sums per unit. */
  public static Workspace workspace(Shape x) {
    Layout layout = Layout.channels(x);
    return new Workspace(4L * patternFloats(layout) + layout.workspace(2).bytes(), List.of());
  }

  private static int patternFloats(Layout layout) {
    return 4 * ChannelPattern.stride(layout);
  }

  @Override
  public void run() {
    Tensor mean = memory.in(2);
    for (int c = 0; c < layout.kept(); c++) {
      pattern.set(0, c, (float) mean.get(c));
    }
    sums.run();
    double count = (double) layout.outer() * layout.inner();
    for (int c = 0; c < layout.kept(); c++) {
      double inverse = 1 / Math.sqrt(memory.in(3).get(c) + epsilon);
      double sum = sums.gradients(c);
      double product = sums.products(c) * inverse;
      memory.out(1).set(c, product);
      memory.out(2).set(c, sum);
      pattern.set(1, c, (float) (memory.in(4).get(c) * inverse));
      pattern.set(2, c, (float) (sum / count));
      pattern.set(3, c, (float) (product * inverse / count));
    }
    pool.parallelFor(tiles.tasks(), this);
  }

  @Override
  public void run(int task, int worker) {
    int first = tiles.firstElement(task);
    int count = tiles.elements(task);
    for (long row = tiles.firstRow(task); row < tiles.endRow(task); row++) {
      long at = 4 * (row * tiles.length() + first);
      long number = layout.byColumns() ? 4L * first : 4 * (row % layout.kept());
      long mean = pattern.address(0) + number;
      long scale = pattern.address(1) + number;
      long offset = pattern.address(2) + number;
      long slope = pattern.address(3) + number;
      if (layout.byColumns()) {
        columns(g + at, x + at, dx + at, count, mean, scale, offset, slope);
      } else {
        plane(g + at, x + at, dx + at, count, get(mean), get(scale), get(offset), get(slope));
      }
    }
  }

  private static void plane(
      long g, long x, long dx, int count, float mean, float scale, float offset, float slope) {
    FloatVector slopes = FloatVector.broadcast(Tile.SPECIES, -slope);
    int i = 0;
    for (; i <= count - LANES; i += LANES) {
      FloatVector centred = load(x + 4L * i).sub(mean);
      store(centred.fma(slopes, load(g + 4L * i).sub(offset)).mul(scale), dx + 4L * i);
    }
    for (; i < count; i++) {
      float centred = get(x + 4L * i) - mean;
      set(dx + 4L * i, Math.fma(centred, -slope, get(g + 4L * i) - offset) * scale);
    }
  }

  private static void columns(
      long g, long x, long dx, int count, long mean, long scale, long offset, long slope) {
    int i = 0;
    for (; i <= count - LANES; i += LANES) {
      FloatVector centred = load(mean + 4L * i).sub(load(x + 4L * i));
      FloatVector gradient = load(g + 4L * i).sub(load(offset + 4L * i));
      FloatVector result = centred.fma(load(slope + 4L * i), gradient);
      store(result.mul(load(scale + 4L * i)), dx + 4L * i);
    }
    for (; i < count; i++) {
      float centred = get(mean + 4L * i) - get(x + 4L * i);
      float gradient = get(g + 4L * i) - get(offset + 4L * i);
      float result = Math.fma(centred, get(slope + 4L * i), gradient);
      set(dx + 4L * i, result * get(scale + 4L * i));
    }
  }
}
