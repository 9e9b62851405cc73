package org.quadralib.data;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How to open a data set.
 *
 * @param validationFraction the share of the training examples held out for validation, from 0 to
 *     below 1
 * @param splitSeed chooses the validation examples. Keep it when the seed of the training changes,
 *     or runs are not compared on the same examples. The test part never depends on it.
 * @param imageShape the shape to give to every image of a folder, or null to keep theirs
 * @param progress is told how far a long read has come
 */
public record DataOptions(
    double validationFraction, long splitSeed, @Nullable ImageShape imageShape, Progress progress) {

  /** Hears how the reading goes, in the thread that opened the data set. */
  @FunctionalInterface
  public interface Progress {
    /**
     * Called about ten times a second, and once at the end with {@code done == total}.
     *
     * @param what the data set being read
     * @param done images read
     * @param total images to read
     */
    void update(String what, long done, long total);

    /**
     * Called with a sentence on what looks wrong but can be used; logged if nobody overrides it.
     *
     * @param sentence which file, what is odd about it, and what to do
     */
    default void warning(String sentence) {
      System.getLogger(DataOptions.class.getName()).log(System.Logger.Level.WARNING, sentence);
    }
  }

  /**
   * Checks the fraction.
   *
   * @throws IllegalArgumentException if it is not from 0 to below 1
   */
  public DataOptions {
    if (!(validationFraction >= 0 && validationFraction < 1)) {
      throw new IllegalArgumentException(
          "The validation fraction is %s: give a number from 0 to below 1."
              .formatted(validationFraction));
    }
    Objects.requireNonNull(progress);
  }

  /** A tenth of the training examples for validation, images as they are, no progress. */
  public static DataOptions defaults() {
    return new DataOptions(0.1, 0, null, (what, done, total) -> {});
  }

  /** These options with another share for validation; 0 keeps every example for training. */
  public DataOptions withValidation(double fraction) {
    return new DataOptions(fraction, splitSeed, imageShape, progress);
  }

  /** These options with another choice of validation examples. */
  public DataOptions withSplitSeed(long seed) {
    return new DataOptions(validationFraction, seed, imageShape, progress);
  }

  /** These options with a shape for every image of a folder. */
  public DataOptions withImageShape(@Nullable ImageShape shape) {
    return new DataOptions(validationFraction, splitSeed, shape, progress);
  }

  /** These options with someone to tell about progress. */
  public DataOptions withProgress(Progress listener) {
    return new DataOptions(validationFraction, splitSeed, imageShape, listener);
  }
}
