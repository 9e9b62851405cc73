package org.quadralib.data;

import java.util.stream.Stream;

/**
 * The three parts of a data set, with no example in two of them: fit on {@code train}, choose on
 * {@code validation}, report on {@code test}.
 *
 * @param train the examples to learn from
 * @param validation the examples to choose by; of size 0 when none was asked for
 * @param test the examples to report on
 */
public record DataSplits(Dataset train, Dataset validation, Dataset test) {

  /**
   * Checks that the parts belong together.
   *
   * @throws DataException if shapes, classes or pixel ranges differ, or train or test is empty
   */
  public DataSplits {
    requireSame(train, validation);
    requireSame(train, test);
    requireExamples(train);
    requireExamples(test);
  }

  /** Whether there are examples to choose by. */
  public boolean hasValidation() {
    return validation.size() > 0;
  }

  /** Bytes of pixels that the parts hold in memory; what several of them share counts once. */
  public long heldBytes() {
    return Stream.of(train, validation, test)
        .map(Dataset::source)
        .distinct()
        .mapToLong(Dataset::heldBytes)
        .sum();
  }

  private static void requireSame(Dataset a, Dataset b) {
    if (!a.shape().equals(b.shape())
        || a.maxValue() != b.maxValue()
        || !a.classNames().equals(b.classNames())) {
      throw new DataException(
          "%s has %s images of %d classes, but %s has %s of %d: parts of one data set must agree."
              .formatted(
                  a.name(),
                  a.shape(),
                  a.classNames().size(),
                  b.name(),
                  b.shape(),
                  b.classNames().size()));
    }
  }

  private static void requireExamples(Dataset part) {
    if (part.size() == 0) {
      throw new DataException(
          "%s has no examples: the data set is too small to split, or its files are empty."
              .formatted(part.name()));
    }
  }
}
