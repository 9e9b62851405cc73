package org.quadralib.data;

/** How the sources divide what they read into the three parts. */
final class Splitting {
  /** The share of a set without an official test part that becomes one. */
  static final double TEST_FRACTION = 0.2;

  /** Fixed, so that the test part of such a set is the same in every run. */
  static final long TEST_SEED = 0;

  private Splitting() {}

  /** Takes the validation part from the training part of a set that has a test part. */
  static DataSplits withValidation(String name, Dataset train, Dataset test, DataOptions options) {
    StratifiedSplit split =
        StratifiedSplit.of(
            train,
            options.validationFraction(),
            options.splitSeed(),
            name + "/train",
            name + "/validation");
    return new DataSplits(split.rest(), split.held(), test);
  }

  /** Divides a set that has no parts. */
  static DataSplits all(String name, Dataset all, DataOptions options) {
    StratifiedSplit split =
        StratifiedSplit.of(all, TEST_FRACTION, TEST_SEED, name + "/train", name + "/test");
    return withValidation(name, split.rest(), split.held(), options);
  }
}
