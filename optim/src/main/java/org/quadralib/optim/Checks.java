package org.quadralib.optim;

/** Checks of hyperparameters, which 32-bit floats must be able to hold. */
final class Checks {
  private Checks() {}

  static void fraction(String what, double value) {
    require(value >= 0 && value < 1, what, "from 0 to below 1", value);
  }

  static void notNegative(String what, double value) {
    require(value >= 0 && value <= Float.MAX_VALUE, what, "from 0 to " + Float.MAX_VALUE, value);
  }

  static void positive(String what, double value) {
    require(
        value > 0 && value <= Float.MAX_VALUE, what, "above 0, at most " + Float.MAX_VALUE, value);
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
