package org.quadralib.samples;

import java.io.PrintWriter;

/** What looks wrong but does not end a command. */
final class Warnings {
  private Warnings() {}

  /** Prints a warning on a line of its own. */
  static void print(PrintWriter err, String sentence) {
    err.println("quadra: warning: " + Terminal.harmless(sentence));
    err.flush();
  }
}
