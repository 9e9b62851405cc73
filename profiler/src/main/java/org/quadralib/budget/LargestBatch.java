package org.quadralib.budget;

import java.util.function.IntToLongFunction;
import org.quadralib.layers.Backprop;
import org.quadralib.memory.Bytes;

/**
 * The largest batch that fits a budget of memory. It doubles, then bisects, for memory grows with
 * the batch; where a kernel changes its algorithm it may not, and then a larger batch could fit
 * too. The batch that is returned always fits.
 */
public final class LargestBatch {
  private LargestBatch() {}

  /**
   * With one way for all layers.
   *
   * @param most no batch is larger
   * @throws BudgetException if not even a batch of one fits
   */
  public static int of(Steps steps, Backprop way, long budget, int most) {
    BackpropChoice choice = steps.segments().uniform(way);
    return search(batch -> steps.peakBytes(batch, choice), budget, most);
  }

  /** With the choice that needs the least memory: whole blocks recomputed. */
  public static int of(Steps steps, long budget, int most) {
    return of(steps, Backprop.BLOCK, budget, most);
  }

  static int search(IntToLongFunction bytes, long budget, int most) {
    long one = bytes.applyAsLong(1);
    if (one > budget) {
      throw new BudgetException(
          "even a batch of 1 needs %s, more than the budget of %s; give it more memory"
              .formatted(Bytes.exact(one), Bytes.exact(budget)),
          one);
    }
    int fits = 1;
    while (fits < most && bytes.applyAsLong(Math.min(most, 2 * fits)) <= budget) {
      fits = Math.min(most, 2 * fits);
    }
    int tooLarge = (int) Math.min(most + 1L, 2L * fits);
    while (tooLarge - fits > 1) {
      int middle = fits + (tooLarge - fits) / 2;
      if (bytes.applyAsLong(middle) <= budget) {
        fits = middle;
      } else {
        tooLarge = middle;
      }
    }
    return fits;
  }
}
