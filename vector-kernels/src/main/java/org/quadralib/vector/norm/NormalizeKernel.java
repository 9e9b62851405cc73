package org.quadralib.vector.norm;

import static org.quadralib.vector.gemm.Memory.get;
import static org.quadralib.vector.gemm.Memory.load;
import static org.quadralib.vector.gemm.Memory.set;
import static org.quadralib.vector.gemm.Memory.store;

import java.util.List;
import jdk.incubator.vector.FloatVector;
import org.quadralib.backend.Kernel;
import org.quadralib.backend.Memory;
import org.quadralib.graph.op.BatchNormalize;
import org.quadralib.plan.Workspace;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.Tensor;
import org.quadralib.vector.gemm.Tile;
import org.quadralib.vector.loop.Floats;
import org.quadralib.vector.loop.RowTiles;
import org.quadralib.vector.parallel.ParallelTask;
import org.quadralib.vector.parallel.WorkerPool;
import org.quadralib.vector.reduce.Layout;

/** {@code (x − mean) · scale + shift} with numbers per channel. */
public final class NormalizeKernel implements Kernel, ParallelTask {
  private static final int LANES = Tile.LANES;

  private final WorkerPool pool;
  private final Memory memory;
  private final double epsilon;
  private final Layout layout;
  private final ChannelPattern pattern;
  private final RowTiles tiles;
  private final long x;
  private final long y;

  /** A kernel bound to its memory. */
  public NormalizeKernel(BatchNormalize op, Memory memory, WorkerPool pool) {
    this.pool = pool;
    this.memory = memory;
    epsilon = op.epsilon();
    layout = Layout.channels(memory.in(0).shape());
    pattern = new ChannelPattern(layout, memory.scratch().address());
    tiles = ChannelPattern.tiles(layout);
    x = Floats.address(memory.in(0));
    y = Floats.address(memory.out());
  }

  /** Scratch memory for three numbers per channel. */
  public static Workspace workspace(Shape x) {
    return new Workspace(4L * 3 * ChannelPattern.stride(Layout.channels(x)), List.of());
  }

  @Override
  public void run() {
    Tensor mean = memory.in(1);
    Tensor variance = memory.in(2);
    Tensor gamma = memory.in(3);
    Tensor beta = memory.in(4);
    for (int c = 0; c < layout.kept(); c++) {
      pattern.set(0, c, (float) mean.get(c));
      pattern.set(1, c, (float) (gamma.get(c) / Math.sqrt(variance.get(c) + epsilon)));
      pattern.set(2, c, (float) beta.get(c));
    }
    pattern.repeat(0, 3, 0, layout.kept());
    pool.parallelFor(tiles.tasks(), this);
  }

  @Override
  public void run(int task, int worker) {
    int first = tiles.firstElement(task);
    int count = tiles.elements(task);
    for (long row = tiles.firstRow(task); row < tiles.endRow(task); row++) {
      long offset = 4 * (row * tiles.length() + first);
      if (layout.byColumns()) {
        columns(
            x + offset,
            y + offset,
            count,
            pattern.address(0) + 4L * first,
            pattern.address(1) + 4L * first,
            pattern.address(2) + 4L * first);
      } else {
        long channel = 4 * (row % layout.kept());
        float mean = get(pattern.address(0) + channel);
        float scale = get(pattern.address(1) + channel);
        float shift = get(pattern.address(2) + channel);
        plane(x + offset, y + offset, count, mean, scale, shift);
      }
    }
  }

  private static void plane(long x, long y, int count, float mean, float scale, float shift) {
    FloatVector scales = FloatVector.broadcast(Tile.SPECIES, scale);
    FloatVector shifts = FloatVector.broadcast(Tile.SPECIES, shift);
    int i = 0;
    for (; i <= count - LANES; i += LANES) {
      store(load(x + 4L * i).sub(mean).fma(scales, shifts), y + 4L * i);
    }
    for (; i < count; i++) {
      set(y + 4L * i, Math.fma(get(x + 4L * i) - mean, scale, shift));
    }
  }

  private static void columns(long x, long y, int count, long mean, long scale, long shift) {
    int i = 0;
    for (; i <= count - LANES; i += LANES) {
      FloatVector centred = load(x + 4L * i).sub(load(mean + 4L * i));
      store(centred.fma(load(scale + 4L * i), load(shift + 4L * i)), y + 4L * i);
    }
    for (; i < count; i++) {
      float centred = get(x + 4L * i) - get(mean + 4L * i);
      set(y + 4L * i, Math.fma(centred, get(scale + 4L * i), get(shift + 4L * i)));
    }
  }
}
