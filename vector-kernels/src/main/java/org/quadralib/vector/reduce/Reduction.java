package org.quadralib.vector.reduce;

import static org.quadralib.vector.gemm.Memory.get;

import org.quadralib.backend.Kernel;
import org.quadralib.vector.parallel.ParallelTask;
import org.quadralib.vector.parallel.WorkerPool;

/** Computes the units of a {@link Layout}, then combines them to results, in a fixed order. */
public abstract class Reduction implements Kernel {
  /** Elements of a task, about. */
  private static final int TASK = 1 << 14;

  /** How the reduced tensor is cut. */
  protected final Layout layout;

  private final WorkerPool pool;
  private final int blocks;
  private final int blockElements;
  private final ParallelTask compute = this::compute;
  private final ParallelTask combine = this::combine;

  /** Cuts the work. */
  protected Reduction(Layout layout, WorkerPool pool) {
    this.layout = layout;
    this.pool = pool;
    if (layout.byColumns()) {
      int perDepth = Math.ceilDiv(layout.columns(), Layout.COLUMNS);
      blocks = Math.multiplyExact(layout.stack() * layout.partialOuter(), perDepth);
      blockElements =
          Math.min(layout.outer(), Layout.DEPTH) * Math.min(layout.columns(), Layout.COLUMNS);
    } else {
      blocks = layout.units();
      blockElements = layout.depth() * Math.min(layout.inner(), Layout.SEGMENT);
    }
  }

  /**
   * Computes a unit of segments.
   *
   * @param first position of the first element of the first segment
   * @param rows segments, {@link Layout#columns()} elements apart
   * @param count elements of a segment
   * @param kept index of their channel
   * @param unit position of the partial result
   */
  protected abstract void segments(long first, int rows, int count, int kept, long unit);

  /**
   * Computes units that are neighbouring columns.
   *
   * @param first position of the first element of the first column
   * @param depth elements of a column, {@link Layout#columns()} apart
   * @param column index of the first column
   * @param count columns
   * @param unit position of the first partial result
   */
  protected abstract void columns(long first, int depth, int column, int count, long unit);

  /** Combines the partial results of one result. */
  protected abstract void combineUnits(int result);

  /** Whether a unit is a result already and nothing needs to be combined. */
  protected boolean direct() {
    return false;
  }

  @Override
  public void run() {
    pool.parallelFor(Math.ceilDiv(blocks, blocksPerTask()), compute);
    if (!direct()) {
      pool.parallelFor(Math.ceilDiv(layout.results(), resultsPerTask()), combine);
    }
  }

  /** Computes the units of some results, on the calling thread. There must be one stack. */
  public final void reduce(int firstResult, int endResult) {
    for (int part = 0; part < layout.partialOuter(); part++) {
      if (layout.byColumns()) {
        int end = endResult * layout.inner();
        for (int column = firstResult * layout.inner(); column < end; column += Layout.COLUMNS) {
          columns(part, column, Math.min(Layout.COLUMNS, end - column));
        }
      } else {
        int first = (part * layout.kept() + firstResult) * layout.partialInner();
        int units = (endResult - firstResult) * layout.partialInner();
        for (int block = first; block < first + units; block++) {
          segments(block);
        }
      }
    }
  }

  /** Sum of one float for each unit of a result. */
  protected final double total(long partials, int result) {
    double sum = 0;
    long unit = layout.firstUnit(result);
    for (int o = 0; o < layout.partialOuter(); o++) {
      for (int i = 0; i < layout.partialInner(); i++) {
        sum += get(partials + 4 * (unit + i));
      }
      unit += (long) layout.kept() * layout.partialInner();
    }
    return sum;
  }

  private int blocksPerTask() {
    return Math.max(1, TASK / Math.max(blockElements, 1));
  }

  private int resultsPerTask() {
    return Math.max(1, TASK / Math.max(layout.partialOuter() * layout.partialInner(), 1));
  }

  private void compute(int task, int worker) {
    int end = Math.min(blocks, (task + 1) * blocksPerTask());
    for (int block = task * blocksPerTask(); block < end; block++) {
      if (layout.byColumns()) {
        columns(block);
      } else {
        segments(block);
      }
    }
  }

  private void segments(int block) {
    int from = block % layout.partialInner() * Layout.SEGMENT;
    int channel = block / layout.partialInner() % layout.kept();
    int part = block / layout.partialInner() / layout.kept();
    int stack = part / layout.partialOuter();
    int outer = part % layout.partialOuter() * layout.depth();
    long row = ((long) stack * layout.outer() + outer) * layout.kept() + channel;
    segments(
        row * layout.inner() + from,
        Math.min(layout.depth(), layout.outer() - outer),
        Math.min(Layout.SEGMENT, layout.inner() - from),
        channel,
        block);
  }

  private void columns(int block) {
    int perDepth = Math.ceilDiv(layout.columns(), Layout.COLUMNS);
    int column = block % perDepth * Layout.COLUMNS;
    columns(block / perDepth, column, Math.min(Layout.COLUMNS, layout.columns() - column));
  }

  /** Columns of a part: some of the outer indices of a stack. */
  private void columns(int part, int column, int count) {
    int stack = part / layout.partialOuter();
    int outer = part % layout.partialOuter() * Layout.DEPTH;
    columns(
        ((long) stack * layout.outer() + outer) * layout.columns() + column,
        Math.min(Layout.DEPTH, layout.outer() - outer),
        column,
        count,
        (long) part * layout.columns() + column);
  }

  private void combine(int task, int worker) {
    int end = Math.min(layout.results(), (task + 1) * resultsPerTask());
    for (int result = task * resultsPerTask(); result < end; result++) {
      combineUnits(result);
    }
  }
}
