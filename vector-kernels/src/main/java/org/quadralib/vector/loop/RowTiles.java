package org.quadralib.vector.loop;

/**
 * Cuts rows of one length into tasks of about {@link #TILE} elements: several rows each where they
 * are short, a part of one where they are long. The cut depends on the sizes alone.
 *
 * @param rows number of rows
 * @param length elements of a row
 * @param rowsPerTask rows of a task, 1 where rows are divided
 * @param partsPerRow tasks of a row, 1 where tasks have several
 */
public record RowTiles(long rows, int length, int rowsPerTask, int partsPerRow) {
  /** Elements of a task, about. */
  public static final int TILE = 1 << 14;

  /** The cut for these sizes. */
  public static RowTiles of(long rows, int length) {
    return new RowTiles(
        rows, length, Math.max(1, TILE / Math.max(length, 1)), Math.ceilDiv(length, TILE));
  }

  /** A cut that never divides a row. */
  public static RowTiles whole(long rows, int length) {
    return new RowTiles(rows, length, Math.max(1, TILE / Math.max(length, 1)), 1);
  }

  /** Number of tasks. */
  public int tasks() {
    return Math.toIntExact(Math.ceilDiv(rows, (long) rowsPerTask) * partsPerRow);
  }

  /** First row of a task. */
  public long firstRow(int task) {
    return (long) (task / partsPerRow) * rowsPerTask;
  }

  /** Row after the last of a task. */
  public long endRow(int task) {
    return Math.min(rows, firstRow(task) + rowsPerTask);
  }

  /** First element of the task in its rows. */
  public int firstElement(int task) {
    return task % partsPerRow * TILE;
  }

  /** Elements of the task in each of its rows. */
  public int elements(int task) {
    return partsPerRow == 1 ? length : Math.min(TILE, length - firstElement(task));
  }
}
