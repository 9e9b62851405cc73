package org.quadralib.vector.elementwise;

import org.quadralib.backend.Kernel;
import org.quadralib.backend.Memory;
import org.quadralib.graph.op.Binary;
import org.quadralib.vector.loop.Floats;
import org.quadralib.vector.loop.RowTiles;
import org.quadralib.vector.loop.StridedRows;
import org.quadralib.vector.parallel.ParallelTask;
import org.quadralib.vector.parallel.WorkerPool;

/** Sums, differences and products with broadcasting, row by row. */
final class BinaryKernel implements Kernel, ParallelTask {
  /** How the operands of a row lie. */
  private enum Operands {
    BOTH_MOVE,
    X_STANDS,
    Y_STANDS
  }

  private final Binary.Function function;
  private final WorkerPool pool;
  private final StridedRows rows;
  private final RowTiles tiles;
  private final Operands operands;
  private final long x;
  private final long y;
  private final long z;

  BinaryKernel(Binary op, Memory memory, WorkerPool pool) {
    this.function = op.function();
    this.pool = pool;
    rows = new StridedRows(memory.out().shape(), memory.in(0).shape(), memory.in(1).shape());
    tiles = RowTiles.of(rows.rows(), rows.length());
    operands =
        !rows.moves(0)
            ? Operands.X_STANDS
            : !rows.moves(1) ? Operands.Y_STANDS : Operands.BOTH_MOVE;
    x = Floats.address(memory.in(0));
    y = Floats.address(memory.in(1));
    z = Floats.address(memory.out());
  }

  @Override
  public void run() {
    pool.parallelFor(tiles.tasks(), this);
  }

  @Override
  public void run(int task, int worker) {
    int first = tiles.firstElement(task);
    int count = tiles.elements(task);
    for (long row = tiles.firstRow(task); row < tiles.endRow(task); row++) {
      long xRow = x + 4 * (rows.start(0, row) + (operands == Operands.X_STANDS ? 0 : first));
      long yRow = y + 4 * (rows.start(1, row) + (operands == Operands.Y_STANDS ? 0 : first));
      row(xRow, yRow, z + 4 * (row * rows.length() + first), count);
    }
  }

  private void row(long xRow, long yRow, long zRow, int count) {
    switch (operands) {
      case BOTH_MOVE -> {
        switch (function) {
          case ADD -> BinaryLoops.add(xRow, yRow, zRow, count);
          case SUB -> BinaryLoops.subtract(xRow, yRow, zRow, count);
          case MUL -> BinaryLoops.multiply(xRow, yRow, zRow, count);
        }
      }
      case X_STANDS -> {
        switch (function) {
          case ADD -> BinaryLoops.addOne(yRow, xRow, zRow, count);
          case SUB -> BinaryLoops.subtractFromOne(xRow, yRow, zRow, count);
          case MUL -> BinaryLoops.multiplyByOne(yRow, xRow, zRow, count);
        }
      }
      case Y_STANDS -> {
        switch (function) {
          case ADD -> BinaryLoops.addOne(xRow, yRow, zRow, count);
          case SUB -> BinaryLoops.subtractOne(xRow, yRow, zRow, count);
          case MUL -> BinaryLoops.multiplyByOne(xRow, yRow, zRow, count);
        }
      }
    }
  }
}
