package org.quadralib.bench.cli;

/** Checks that options share. */
final class Checks {
  private Checks() {}

  /** Rejects numbers below 1, naming the option. */
  static int positive(String option, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(option + " must be at least 1, not " + value);
    }
    return value;
  }
}
