package org.quadralib.vector.reduce;

import java.util.ArrayList;
import java.util.List;
import org.quadralib.backend.Kernel;
import org.quadralib.backend.Memory;
import org.quadralib.graph.op.Sum;
import org.quadralib.plan.Workspace;
import org.quadralib.tensor.Shape;
import org.quadralib.vector.loop.Floats;
import org.quadralib.vector.movement.CopyKernel;
import org.quadralib.vector.parallel.WorkerPool;

/**
 * Sums over any axes. Neighbouring axes that are both summed or both kept are joined; what is left
 * alternates. Usually that is one {@link Layout}; otherwise the innermost summed axes go first and
 * their sums are reduced again.
 */
public final class SumKernel implements Kernel {
  private final Kernel[] steps;

  /** A kernel bound to its memory. */
  public SumKernel(Sum op, Memory memory, WorkerPool pool) {
    List<Layout> layouts = layouts(op, memory.in(0).shape());
    long x = Floats.address(memory.in(0));
    long y = Floats.address(memory.out());
    long free = memory.scratch().address();
    steps = new Kernel[Math.max(layouts.size(), 1)];
    if (layouts.isEmpty()) {
      steps[0] = new CopyKernel(memory.in(0), memory.out(), pool);
    }
    for (int i = 0; i < layouts.size(); i++) {
      Layout layout = layouts.get(i);
      long partials = free;
      free += 4L * layout.units();
      long to = i == layouts.size() - 1 ? y : free;
      free += 4L * layout.results();
      steps[i] = new SumStep(layout, x, to, partials, pool);
      x = to;
    }
  }

  /** Scratch memory for partial results and for results of all steps but the last. */
  public static Workspace workspace(Sum op, Shape x) {
    long floats = 0;
    for (Layout layout : layouts(op, x)) {
      floats += layout.units() + layout.results();
    }
    return new Workspace(4 * floats, List.of());
  }

  @Override
  public void run() {
    for (Kernel step : steps) {
      step.run();
    }
  }

  /** The steps; none if nothing is summed. */
  private static List<Layout> layouts(Sum op, Shape x) {
    List<Integer> extents = new ArrayList<>(); // alternately kept and summed, beginning with kept
    extents.add(1);
    for (int axis = 0; axis < x.rank(); axis++) {
      if (x.dim(axis) == 1) {
        continue;
      }
      boolean summed = op.axes().contains(axis);
      boolean lastSummed = extents.size() % 2 == 0;
      if (summed == lastSummed) {
        extents.add(Math.multiplyExact(extents.removeLast(), x.dim(axis)));
      } else {
        extents.add(x.dim(axis));
      }
    }
    List<Layout> layouts = new ArrayList<>();
    while (extents.size() > 1) {
      int inner = extents.size() % 2 == 0 ? extents.removeLast() : 1;
      int kept = extents.removeLast();
      if (extents.isEmpty()) {
        layouts.add(new Layout(kept, 1, 1, inner));
      } else {
        int outer = extents.removeLast();
        int stack = extents.stream().reduce(1, Math::multiplyExact);
        layouts.add(new Layout(stack, outer, kept, inner));
        extents.add(Math.multiplyExact(extents.removeLast(), kept));
      }
    }
    return layouts;
  }
}
