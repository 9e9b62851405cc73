package org.quadralib.vector.norm;

import static jdk.incubator.vector.VectorOperators.LE;
import static org.quadralib.vector.gemm.Memory.get;
import static org.quadralib.vector.gemm.Memory.load;
import static org.quadralib.vector.gemm.Memory.set;
import static org.quadralib.vector.gemm.Memory.store;

import java.util.List;
import jdk.incubator.vector.FloatVector;
import org.quadralib.backend.Kernel;
import org.quadralib.backend.Memory;
import org.quadralib.graph.op.FusedNormalize;
import org.quadralib.graph.op.NormalizedForm;
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
 * A {@link NormalizedForm} of tensors in memory, in one pass. The numbers are those of {@link
 * FormNumbers}.
 */
public final class FusedNormalizeKernel implements Kernel, ParallelTask {
  private static final int LANES = Tile.LANES;

  private final WorkerPool pool;
  private final NormalizedForm form;
  private final FormNumbers numbers;
  private final Layout layout;
  private final ChannelPattern pattern;
  private final RowTiles tiles;
  private final long[] maps;
  private final long addend; // 0 for none
  private final long y;
  private final float floor;

  /** A kernel bound to its memory. */
  public FusedNormalizeKernel(FusedNormalize op, Memory memory, WorkerPool pool) {
    this.pool = pool;
    form = op.form();
    List<Tensor> in = memory.inputs();
    numbers = new FormNumbers(form, List.of(), in.subList(form.maps(), in.size()));
    layout = Layout.channels(memory.out().shape());
    pattern = new ChannelPattern(layout, memory.scratch().address());
    tiles = ChannelPattern.tiles(layout);
    maps = in.subList(0, form.maps()).stream().mapToLong(Floats::address).toArray();
    addend = form.addend() ? Floats.address(in.getLast()) : 0;
    y = Floats.address(memory.out());
    floor = form.relu() ? 0 : Float.NEGATIVE_INFINITY;
  }

  /** Whether there is a loop for this form. */
  public static boolean runs(NormalizedForm form) {
    return form.maps() == 1 || form.maps() == 3;
  }

  /** Scratch memory for the numbers of all channels. */
  public static Workspace workspace(Shape y) {
    long floats = (long) FormNumbers.COUNT * ChannelPattern.stride(Layout.channels(y));
    return new Workspace(4 * floats, List.of());
  }

  @Override
  public void run() {
    numbers.compute(layout.kept(), pattern::set);
    pattern.repeat(0, FormNumbers.COUNT, 0, layout.kept());
    pool.parallelFor(tiles.tasks(), this);
  }

  @Override
  public void run(int task, int worker) {
    int first = tiles.firstElement(task);
    int count = tiles.elements(task);
    for (long row = tiles.firstRow(task); row < tiles.endRow(task); row++) {
      long at = 4 * (row * tiles.length() + first);
      long number =
          pattern.address(0) + (layout.byColumns() ? 4L * first : 4 * (row % layout.kept()));
      long step = 4L * ChannelPattern.stride(layout);
      long added = addend == 0 ? 0 : addend + at;
      if (maps.length == 3) {
        long a = maps[0] + at;
        long b = maps[1] + at;
        long c = maps[2] + at;
        if (layout.byColumns()) {
          columns(a, b, c, added, y + at, count, number, step);
        } else {
          plane(a, b, c, added, y + at, count, number, step);
        }
      } else if (layout.byColumns()) {
        columns(maps[0] + at, added, y + at, count, number, step);
      } else {
        plane(maps[0] + at, added, y + at, count, number, step);
      }
    }
  }

  private void plane(long x, long added, long to, int count, long number, long step) {
    float mean = get(number);
    float scale = get(number + step);
    float shift = get(number + 2 * step);
    FloatVector scales = FloatVector.broadcast(Tile.SPECIES, scale);
    FloatVector shifts = FloatVector.broadcast(Tile.SPECIES, shift);
    float floor = this.floor; // a field would be read again after every store
    int i = 0;
    if (added == 0) {
      for (; i <= count - LANES; i += LANES) {
        FloatVector v = load(x + 4L * i).sub(mean).fma(scales, shifts);
        store(v.blend(floor, v.compare(LE, floor)), to + 4L * i);
      }
    } else {
      for (; i <= count - LANES; i += LANES) {
        FloatVector v = load(x + 4L * i).sub(mean).fma(scales, shifts).add(load(added + 4L * i));
        store(v.blend(floor, v.compare(LE, floor)), to + 4L * i);
      }
    }
    for (; i < count; i++) {
      finish(Math.fma(get(x + 4L * i) - mean, scale, shift), added, to, i);
    }
  }

  private void columns(long x, long added, long to, int count, long number, long step) {
    float floor = this.floor; // a field would be read again after every store
    int i = 0;
    for (; i <= count - LANES; i += LANES) {
      long at = 4L * i;
      FloatVector v = normalized(x + at, number + at, step);
      if (added != 0) {
        v = v.add(load(added + at));
      }
      store(v.blend(floor, v.compare(LE, floor)), to + at);
    }
    for (; i < count; i++) {
      finish(normal(x + 4L * i, number + 4L * i, step), added, to, i);
    }
  }

  private void plane(
      long a, long b, long c, long added, long to, int count, long number, long step) {
    float meanA = get(number);
    float meanB = get(number + 3 * step);
    float meanC = get(number + 6 * step);
    FloatVector scaleA = FloatVector.broadcast(Tile.SPECIES, get(number + step));
    FloatVector shiftA = FloatVector.broadcast(Tile.SPECIES, get(number + 2 * step));
    FloatVector scaleB = FloatVector.broadcast(Tile.SPECIES, get(number + 4 * step));
    FloatVector shiftB = FloatVector.broadcast(Tile.SPECIES, get(number + 5 * step));
    FloatVector scaleC = FloatVector.broadcast(Tile.SPECIES, get(number + 7 * step));
    FloatVector shiftC = FloatVector.broadcast(Tile.SPECIES, get(number + 8 * step));
    float floor = this.floor; // a field would be read again after every store
    int i = 0;
    for (; i <= count - LANES; i += LANES) {
      long at = 4L * i;
      FloatVector p = load(a + at).sub(meanA).fma(scaleA, shiftA);
      FloatVector q = load(b + at).sub(meanB).fma(scaleB, shiftB);
      FloatVector v = p.fma(q, load(c + at).sub(meanC).fma(scaleC, shiftC));
      if (added != 0) {
        v = v.add(load(added + at));
      }
      store(v.blend(floor, v.compare(LE, floor)), to + at);
    }
    for (; i < count; i++) {
      finish(joined(a, b, c, i, number, step), added, to, i);
    }
  }

  private void columns(
      long a, long b, long c, long added, long to, int count, long number, long step) {
    float floor = this.floor; // a field would be read again after every store
    int i = 0;
    for (; i <= count - LANES; i += LANES) {
      long at = 4L * i;
      FloatVector p = normalized(a + at, number + at, step);
      FloatVector q = normalized(b + at, number + 3 * step + at, step);
      FloatVector v = p.fma(q, normalized(c + at, number + 6 * step + at, step));
      if (added != 0) {
        v = v.add(load(added + at));
      }
      store(v.blend(floor, v.compare(LE, floor)), to + at);
    }
    for (; i < count; i++) {
      finish(joined(a, b, c, i, number + 4L * i, step), added, to, i);
    }
  }

  private static FloatVector normalized(long x, long number, long step) {
    return load(x).sub(load(number)).fma(load(number + step), load(number + 2 * step));
  }

  private static float normal(long x, long number, long step) {
    return Math.fma(get(x) - get(number), get(number + step), get(number + 2 * step));
  }

  private static float joined(long a, long b, long c, int i, long number, long step) {
    float p = normal(a + 4L * i, number, step);
    float q = normal(b + 4L * i, number + 3 * step, step);
    return Math.fma(p, q, normal(c + 4L * i, number + 6 * step, step));
  }

  private void finish(float value, long added, long to, int i) {
    float v = added == 0 ? value : value + get(added + 4L * i);
    set(to + 4L * i, v <= floor ? floor : v);
  }
}
