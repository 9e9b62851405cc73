package org.quadralib.data;

import java.util.Arrays;

/**
 * Divides a data set in two so that both parts have the classes in the same proportion.
 *
 * <p>Which example goes where depends only on the seed and the labels.
 *
 * @param rest the larger part, its examples in their first order
 * @param held the part held out, likewise
 */
public record StratifiedSplit(Subset rest, Subset held) {

  /**
   * Holds out a share of each class.
   *
   * <p>The part held out has {@code ceil(fraction * size)} examples. Each class gives its share
   * rounded down, the largest remainders one more; no class gives its last example.
   *
   * @param source the examples to divide
   * @param fraction the share to hold out, at least 0 and below 1
   * @param seed chooses the examples
   * @param restName the name of the larger part
   * @param heldName the name of the part held out
   */
  public static StratifiedSplit of(
      Dataset source, double fraction, long seed, String restName, String heldName) {
    if (!(fraction >= 0 && fraction < 1)) {
      throw new IllegalArgumentException(
          "The fraction to hold out is %s: give a number from 0 to below 1.".formatted(fraction));
    }
    int[] counts = new int[source.classNames().size()];
    for (int i = 0; i < source.size(); i++) {
      counts[source.label(i)]++;
    }
    int[] quota = quotas(counts, source.size(), fraction);

    // One walk in a shuffled order: the first examples met of each class fill its quota.
    int[] order = new int[source.size()];
    Permutation.fill(order, seed, 0, RandomStreams.SPLIT);
    boolean[] isHeld = new boolean[source.size()];
    int held = 0;
    for (int index : order) {
      int label = source.label(index);
      if (quota[label] > 0) {
        quota[label]--;
        isHeld[index] = true;
        held++;
      }
    }
    return new StratifiedSplit(
        new Subset(source, restName, where(isHeld, false, source.size() - held)),
        new Subset(source, heldName, where(isHeld, true, held)));
  }

  private static int[] quotas(int[] counts, int size, double fraction) {
    int[] quota = new int[counts.length];
    double[] remainder = new double[counts.length];
    int left = (int) Math.ceil(size * fraction);
    for (int c = 0; c < counts.length; c++) {
      double share = counts[c] * fraction;
      quota[c] = (int) share;
      remainder[c] = share - quota[c];
      left -= quota[c];
    }
    Integer[] byRemainder = new Integer[counts.length];
    Arrays.setAll(byRemainder, c -> c);
    Arrays.sort(byRemainder, (a, b) -> Double.compare(remainder[b], remainder[a])); // stable
    for (int i = 0; i < left && i < counts.length; i++) {
      quota[byRemainder[i]]++;
    }
    for (int c = 0; c < counts.length; c++) {
      quota[c] = Math.min(quota[c], Math.max(0, counts[c] - 1));
    }
    return quota;
  }

  private static int[] where(boolean[] flags, boolean wanted, int count) {
    int[] indexes = new int[count];
    int n = 0;
    for (int i = 0; i < flags.length; i++) {
      if (flags[i] == wanted) {
        indexes[n++] = i;
      }
    }
    return indexes;
  }
}
