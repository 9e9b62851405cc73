package org.quadralib.contract;

/** How far a float32 result may be from the reference, which is computed in double precision. */
sealed interface Bound {
  /** Half the distance from 1 to the next float: the largest relative error of one rounding. */
  double UNIT = 0x1p-24;

  /** Equal to the reference rounded to float: results that are moved, chosen or set. */
  record Exact() implements Bound {}

  /**
   * {@code roundings · UNIT · max(|ref|, floor)} for each element: functions of few operations.
   *
   * @param floor below which errors are absolute
   */
  record Relative(double roundings, double floor) implements Bound {}

  /**
   * {@code condition · UNIT · (8 + 4 min(√n, 32)) · Σ|terms|}, with {@code n} the number of terms
   * that the result accumulates: sums and what is built from them. More terms do not allow for
   * more, because nobody should add thousands of floats one after another. See {@link Tolerance}.
   *
   * @param condition how much larger relative errors of the inputs arrive at the result, where the
   *     terms are not known; 1 elsewhere
   * @param cancelling whether terms that are not known may cancel, in some results even to zero, so
   *     that only the largest of all results tells how large they were
   */
  record Accumulated(double condition, boolean cancelling) implements Bound {}

  /** Equal. */
  static Bound exact() {
    return new Exact();
  }

  /** Eight roundings, relative to the reference or to 1. */
  static Bound function() {
    return new Relative(8, 1);
  }

  /** Eight roundings, relative to the reference alone. */
  static Bound relative() {
    return new Relative(8, 0);
  }

  /** For sums. */
  static Bound accumulated() {
    return new Accumulated(1, false);
  }
}
