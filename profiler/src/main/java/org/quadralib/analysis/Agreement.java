package org.quadralib.analysis;

import java.util.ArrayList;
import java.util.List;

/**
 * How two models answer for the same images.
 *
 * @param images how many there were
 * @param same images on which their answers agree
 * @param bothRight images on which both are right; labels of −1 are unknown, and never right
 * @param onlyFirstRight images on which only the first model is right
 * @param onlySecondRight images on which only the second model is right
 * @param meanDifference mean over images of half the sum of absolute differences of probabilities:
 *     0 where they are equally sure of everything, 1 where they are sure of different classes
 * @param differing images with different answers, those of which both are most sure first
 */
public record Agreement(
    int images,
    int same,
    int bothRight,
    int onlyFirstRight,
    int onlySecondRight,
    double meanDifference,
    List<Difference> differing) {
  /** Copies the list. */
  public Agreement {
    differing = List.copyOf(differing);
  }

  /**
   * An image with two answers.
   *
   * @param label its class, −1 if it is not known
   * @param first answer of the first model
   * @param firstConfidence its probability
   * @param second answer of the second model
   * @param secondConfidence its probability
   */
  public record Difference(
      int image,
      int label,
      int first,
      double firstConfidence,
      int second,
      double secondConfidence) {}

  /**
   * Compares answers.
   *
   * @param labels classes of the images, −1 where they are not known
   */
  public static Agreement of(Answers first, Answers second, int[] labels) {
    int same = 0;
    int both = 0;
    int onlyFirst = 0;
    int onlySecond = 0;
    double difference = 0;
    List<Difference> differing = new ArrayList<>();
    for (int i = 0; i < labels.length; i++) {
      int a = first.best(i);
      int b = second.best(i);
      boolean aRight = labels[i] >= 0 && a == labels[i];
      boolean bRight = labels[i] >= 0 && b == labels[i];
      both += aRight && bRight ? 1 : 0;
      onlyFirst += aRight && !bRight ? 1 : 0;
      onlySecond += bRight && !aRight ? 1 : 0;
      if (a == b) {
        same++;
      } else {
        differing.add(
            new Difference(i, labels[i], a, first.probability(i, a), b, second.probability(i, b)));
      }
      for (int j = 0; j < first.classes(); j++) {
        difference += Math.abs(first.probability(i, j) - second.probability(i, j)) / 2;
      }
    }
    differing.sort(
        (x, y) ->
            Double.compare(
                Math.min(y.firstConfidence(), y.secondConfidence()),
                Math.min(x.firstConfidence(), x.secondConfidence())));
    return new Agreement(
        labels.length,
        same,
        both,
        onlyFirst,
        onlySecond,
        difference / Math.max(1, labels.length),
        differing);
  }
}
