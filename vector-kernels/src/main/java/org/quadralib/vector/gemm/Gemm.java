package org.quadralib.vector.gemm;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.quadralib.vector.parallel.ParallelTask;
import org.quadralib.vector.parallel.WorkerPool;

/**
 * Matrix product {@code C (+)= op(A)·op(B) (+ bias)} of row-major float32 matrices, or several
 * products that share an operand or a result (see {@link Join}).
 *
 * <p>The layers of the product are those of Goto and van de Geijn (2008): a block of the depth of
 * both operands is packed into panels, by all threads together; then each task multiplies some rows
 * of panels with some columns of panels. Each value of C is summed in the same order whatever the
 * number of threads.
 *
 * <p>An instance holds the operands of the run in progress, so it runs one product at a time.
 */
public final class Gemm implements ParallelTask {

  /** Rows, columns and depth packed at a time; bounds the scratch memory. */
  private static final int ROW_BLOCK = 512;

  private static final int COLUMN_BLOCK = 1024;
  private static final int DEPTH_BLOCK = 1024;

  /** Rows and columns of one task. */
  private static final int TASK_ROWS = 128;

  private static final int TASK_COLUMNS = 128;

  /**
   * Depth summed at a time: a right panel of this depth and a left panel fit the first-level cache.
   */
  private static final int PANEL_DEPTH = 256;

  /**
   * Floats from row to row of a task's sums; not a power of two, whose rows would share cache sets.
   */
  private static final int SUM_STRIDE = TASK_COLUMNS + 16;

  /** Panels that one task packs; neighbours, so that rows are read in longer runs. */
  private static final int TASK_PANELS = 8;

  private final GemmShape shape;
  private final int leftPanels;
  private final int rightPanels;
  private final int leftPanelsPerPart;
  private final int rightPanelsPerPart;
  private final int leftBlock;
  private final int rightBlock;
  private final int depthBlock;

  private final long[] a;
  private final long[] b;
  private final long[] c;
  private final long[] bias;
  private boolean hasBias;
  private float[] scratch = new float[0];

  // The block being packed or multiplied.
  private boolean packing;
  private boolean packRight;
  private int part;
  private int depthFrom;
  private int depth;
  private int leftFrom;
  private int leftCount;
  private int rightFrom;
  private int rightCount;
  private int leftTasks;
  private int rightTasks;
  private boolean add;
  private boolean addBias;

  /** Plans the blocks of a product. */
  public Gemm(GemmShape shape) {
    this.shape = Objects.requireNonNull(shape, "shape");
    leftPanelsPerPart = Math.ceilDiv(shape.m(), Tile.ROWS);
    rightPanelsPerPart = Math.ceilDiv(shape.n(), Tile.COLUMNS);
    leftPanels = leftPanelsPerPart * (shape.join() == Join.ROWS ? shape.parts() : 1);
    rightPanels = rightPanelsPerPart * (shape.join() == Join.COLUMNS ? shape.parts() : 1);
    leftBlock = Math.min(leftPanels, ROW_BLOCK / Tile.ROWS);
    rightBlock = Math.min(rightPanels, COLUMN_BLOCK / Tile.COLUMNS);
    depthBlock = Math.ceilDiv(shape.k(), Math.ceilDiv(shape.k(), DEPTH_BLOCK));
    a = new long[shape.leftParts()];
    b = new long[shape.rightParts()];
    c = new long[shape.resultParts()];
    bias = new long[shape.resultParts()];
  }

  /** The sizes this product was planned for. */
  public GemmShape shape() {
    return shape;
  }

  /** Floats of scratch memory that a run on {@code threads} threads needs. */
  public int scratchFloats(int threads) {
    return sharedFloats() + threads * TASK_ROWS * SUM_STRIDE;
  }

  private int sharedFloats() {
    return (leftBlock * Tile.ROWS + rightBlock * Tile.COLUMNS) * depthBlock;
  }

  /** Multiply-adds of one run. */
  public long multiplyAdds() {
    return (long) shape.m() * shape.n() * shape.k() * shape.parts();
  }

  /**
   * Runs the product.
   *
   * @param left left operands, {@link GemmShape#leftParts()} of them
   * @param right right operands, {@link GemmShape#rightParts()} of them
   * @param biases per result, n values that are added to every row; null for none
   * @param result results, {@link GemmShape#resultParts()} of them
   * @param accumulate whether the products are added to what the results hold
   * @param scratch at least {@link #scratchFloats} floats
   */
  public void run(
      WorkerPool pool,
      FloatSpan[] left,
      FloatSpan[] right,
      FloatSpan @Nullable [] biases,
      FloatSpan[] result,
      boolean accumulate,
      float[] scratch) {
    Operands.bind("left operand", left, shape.spanA(), a);
    Operands.bind("right operand", right, shape.spanB(), b);
    Operands.bind("result", result, shape.spanC(), c);
    hasBias = biases != null;
    if (biases != null) {
      Operands.bind("bias", biases, shape.n(), bias);
    }
    Operands.checkScratch(scratch, scratchFloats(pool.threads()));
    this.scratch = scratch;
    for (int j = 0; j < rightPanels; j += rightBlock) {
      rightFrom = j;
      rightCount = Math.min(rightBlock, rightPanels - j);
      sumOverDepth(pool, accumulate);
    }
  }

  private void sumOverDepth(WorkerPool pool, boolean accumulate) {
    add = accumulate;
    addBias = hasBias;
    int depthParts = shape.join() == Join.DEPTH ? shape.parts() : 1;
    for (part = 0; part < depthParts; part++) {
      for (depthFrom = 0; depthFrom < shape.k(); depthFrom += depthBlock) {
        depth = Math.min(depthBlock, shape.k() - depthFrom);
        packRight = true;
        for (leftFrom = 0; leftFrom < leftPanels; leftFrom += leftBlock) {
          leftCount = Math.min(leftBlock, leftPanels - leftFrom);
          multiplyBlock(pool);
          packRight = false;
        }
        add = true;
        addBias = false;
      }
    }
  }

  private void multiplyBlock(WorkerPool pool) {
    packing = true;
    leftTasks = Math.ceilDiv(leftCount, TASK_PANELS);
    pool.parallelFor(leftTasks + (packRight ? Math.ceilDiv(rightCount, TASK_PANELS) : 0), this);
    packing = false;
    rightTasks = Math.ceilDiv(rightCount * Tile.COLUMNS, TASK_COLUMNS);
    pool.parallelFor(rightTasks * Math.ceilDiv(leftCount * Tile.ROWS, TASK_ROWS), this);
  }

  /** One task of the loop in progress; called by the pool. */
  @Override
  public void run(int task, int worker) {
    int own = sharedFloats() + worker * TASK_ROWS * SUM_STRIDE;
    if (packing && task < leftTasks) {
      packLeft(task, own);
    } else if (packing) {
      packRight(task - leftTasks, own);
    } else {
      multiply(task / rightTasks, task % rightTasks, own);
    }
  }

  /** Packs some neighbouring panels of the left operand. */
  private void packLeft(int task, int staging) {
    int end = Math.min(leftCount, (task + 1) * TASK_PANELS);
    for (int i = task * TASK_PANELS, next; i < end; i = next) {
      int panel = leftFrom + i;
      next = Math.min(end, i + leftPanelsPerPart - panel % leftPanelsPerPart);
      int row = panel % leftPanelsPerPart * Tile.ROWS;
      long base = a[shape.join() == Join.DEPTH ? part : panel / leftPanelsPerPart];
      long rowStride = shape.transposeA() ? 1 : shape.lda();
      long depthStride = shape.transposeA() ? shape.lda() : 1;
      long address = base + 4 * (row * rowStride + depthFrom * depthStride);
      int rows = Math.min((next - i) * Tile.ROWS, shape.m() - row);
      int at = i * Tile.ROWS * depth;
      Panels.pack(address, rowStride, depthStride, rows, Tile.ROWS, depth, scratch, at, staging);
    }
  }

  /** Packs some neighbouring panels of the right operand. */
  private void packRight(int task, int staging) {
    int end = Math.min(rightCount, (task + 1) * TASK_PANELS);
    for (int j = task * TASK_PANELS, next; j < end; j = next) {
      int panel = rightFrom + j;
      next = Math.min(end, j + rightPanelsPerPart - panel % rightPanelsPerPart);
      int column = panel % rightPanelsPerPart * Tile.COLUMNS;
      long base = b[shape.join() == Join.DEPTH ? part : panel / rightPanelsPerPart];
      long columnStride = shape.transposeB() ? shape.ldb() : 1;
      long depthStride = shape.transposeB() ? 1 : shape.ldb();
      long address = base + 4 * (column * columnStride + depthFrom * depthStride);
      int columns = Math.min((next - j) * Tile.COLUMNS, shape.n() - column);
      int at = rightPanelAt(j);
      Panels.pack(
          address, columnStride, depthStride, columns, Tile.COLUMNS, depth, scratch, at, staging);
    }
  }

  private int rightPanelAt(int j) {
    return (leftBlock * Tile.ROWS + j * Tile.COLUMNS) * depth;
  }

  private void multiply(int rowTask, int columnTask, int sums) {
    int panelsPerRowTask = TASK_ROWS / Tile.ROWS;
    int panelsPerColumnTask = TASK_COLUMNS / Tile.COLUMNS;
    int iFrom = rowTask * panelsPerRowTask;
    int iTo = Math.min(leftCount, iFrom + panelsPerRowTask);
    int jFrom = columnTask * panelsPerColumnTask;
    int jTo = Math.min(rightCount, jFrom + panelsPerColumnTask);
    for (int from = 0; from < depth; from += PANEL_DEPTH) {
      int steps = Math.min(PANEL_DEPTH, depth - from);
      for (int j = jFrom; j < jTo; j++) {
        int right = rightPanelAt(j) + from * Tile.COLUMNS;
        int at = sums + (j - jFrom) * Tile.COLUMNS;
        for (int i = iFrom; i < iTo; i++) {
          int left = (i * depth + from) * Tile.ROWS;
          TileKernels.linear(
              steps,
              scratch,
              left,
              right,
              at + (i - iFrom) * Tile.ROWS * SUM_STRIDE,
              SUM_STRIDE,
              from > 0);
        }
      }
    }
    for (int i = iFrom; i < iTo; i++) {
      int at = sums + (i - iFrom) * Tile.ROWS * SUM_STRIDE;
      for (int r = 0; r < Tile.ROWS; r++) {
        for (int j = jFrom; j < jTo; j++) {
          storeRun(
              leftFrom + i, r, rightFrom + j, at + r * SUM_STRIDE + (j - jFrom) * Tile.COLUMNS);
        }
      }
    }
  }

  /** Stores what one row of a tile gives to the result. */
  private void storeRun(int leftPanel, int r, int rightPanel, int from) {
    int row = leftPanel % leftPanelsPerPart * Tile.ROWS + r;
    int column = rightPanel % rightPanelsPerPart * Tile.COLUMNS;
    int target =
        shape.join() == Join.ROWS ? leftPanel / leftPanelsPerPart : rightPanel / rightPanelsPerPart;
    if (row >= shape.m()) {
      return;
    }
    int columns = Math.min(Tile.COLUMNS, shape.n() - column);
    long address = c[target] + 4 * (row * (long) shape.ldc() + column);
    if (add) {
      Memory.add(scratch, from, columns, address);
    } else {
      Memory.write(scratch, from, columns, 0f, address);
    }
    if (addBias) {
      Memory.read(bias[target] + 4L * column, scratch, from, columns);
      Memory.add(scratch, from, columns, address);
    }
  }
}
