package org.quadralib.vector.reduce;

import java.util.List;
import org.quadralib.plan.Workspace;
import org.quadralib.tensor.Shape;

/**
 * Reduction of a tensor {@code [stack, outer, kept, inner]} over {@code outer} and {@code inner},
 * cut into units that have a partial result each. Sums per channel of {@code [n, c, h, w]} are
 * {@code [1, n, c, h·w]}.
 *
 * <p>Where the inner extent is long, a unit is a segment of it; where it is not so long, it is the
 * segments of some outer indices. Where it is short, vectors run across the channels instead: a
 * unit is one column of {@code kept · inner} columns over some of the outer indices. The cut
 * depends on the extents alone, so results do not depend on the number of threads.
 *
 * @param stack independent reductions, outermost
 * @param outer extent that is summed over
 * @param kept extent that is kept
 * @param inner extent that is summed over
 */
public record Layout(int stack, int outer, int kept, int inner) {
  /** Longest segment of a unit: it stays in the first-level cache for a second look. */
  static final int SEGMENT = 4096;

  /** Elements of a unit of several segments: enough to make up for the sum over lanes. */
  private static final int GATHERED = 1024;

  /** Outer indices of a column. */
  static final int DEPTH = 64;

  /** Columns that are walked together. */
  static final int COLUMNS = 256;

  /** Inner extents below this are summed by columns. */
  private static final int LEAST_INNER = 32;

  /** The reduction of {@code [n, c, …]} to channels. */
  public static Layout channels(Shape x) {
    return new Layout(1, x.dim(0), x.dim(1), x.span(2, x.rank()));
  }

  /** Whether vectors run across channels. */
  public boolean byColumns() {
    return inner < LEAST_INNER && outer > 1;
  }

  /** Columns, where units are columns. */
  public int columns() {
    return kept * inner;
  }

  /** Outer indices of a unit, but for the last. */
  int depth() {
    return byColumns() ? DEPTH : Math.max(1, GATHERED / Math.max(inner, 1));
  }

  /** Outer extent of the partial results. */
  public int partialOuter() {
    return Math.ceilDiv(outer, depth());
  }

  /** Inner extent of the partial results. */
  public int partialInner() {
    return byColumns() ? inner : Math.ceilDiv(inner, SEGMENT);
  }

  /** Number of partial results, laid out {@code [stack, partialOuter, kept, partialInner]}. */
  public int units() {
    return Math.multiplyExact(
        Math.multiplyExact(stack, partialOuter()), Math.multiplyExact(kept, partialInner()));
  }

  /** Results. */
  int results() {
    return stack * kept;
  }

  /** Elements that went into a unit. */
  public int count(int partialOuterIndex, int partialInnerIndex) {
    int rows = Math.min(depth(), outer - partialOuterIndex * depth());
    return byColumns() ? rows : rows * Math.min(SEGMENT, inner - partialInnerIndex * SEGMENT);
  }

  /** Position of the first unit of a result. */
  public long firstUnit(int result) {
    long base = (long) (result / kept) * partialOuter() * kept + result % kept;
    return base * partialInner();
  }

  /** Scratch memory for a number of floats per unit. */
  public Workspace workspace(int floats) {
    return new Workspace(4L * floats * units(), List.of());
  }
}
