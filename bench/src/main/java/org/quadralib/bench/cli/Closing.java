package org.quadralib.bench.cli;

import java.util.List;

/** Closes things that were opened one after another. */
final class Closing {
  private Closing() {}

  /** Closes the last first. */
  static void all(List<? extends AutoCloseable> opened) {
    for (AutoCloseable thing : opened.reversed()) {
      try {
        thing.close();
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
