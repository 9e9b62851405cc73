package org.quadralib.optim;

/** Checks of hyperparameters. */
final class Checks {
  private Checks() {}

  static void fraction(String what, double value) {
    require(value >= 0 && value < 1, what, "from 0 to below 1", value);
  }

  static void notNegative(String what, double value) {
    require(value >= 0 && Double.isFinite(value), what, "a number of at least 0", value);
  }

  static void positive(String what, double value) {
    require(value > 0 && Double.isFinite(value), what, "a number above 0", value);
  }

  static void positive(String what, long value) {
    require(value > 0, what, "at least 1", value);
  }

  static void require(boolean holds, String what, String range, Object value) {
    if (!holds) {
      throw new IllegalArgumentException(what + " must be " + range + ", but is " + value);
    }
  }
}
