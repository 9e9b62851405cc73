package org.quadralib.bench.cli;

import java.io.PrintWriter;
import java.util.function.Consumer;

/**
 * Says on standard error what is going on: on a terminal one line that changes, elsewhere a line at
 * most every few seconds.
 */
final class Progress implements Consumer<String> {
  private static final long PLAIN_NANOS = 5_000_000_000L;

  private final PrintWriter err;
  private final boolean terminal;
  private long lastShown = System.nanoTime() - PLAIN_NANOS;
  private int length;

  Progress(PrintWriter err, boolean terminal) {
    this.err = err;
    this.terminal = terminal;
  }

  @Override
  public void accept(String line) {
    if (terminal) {
      err.print("\r" + line + " ".repeat(Math.max(0, length - line.length())));
      length = line.length();
    } else {
      long now = System.nanoTime();
      if (now - lastShown < PLAIN_NANOS) {
        return;
      }
      lastShown = now;
      err.println(line);
    }
    err.flush();
  }

  /** A line that stays. */
  void message(String line) {
    clear();
    err.println(line);
    err.flush();
  }

  /** Takes the changing line away. */
  void clear() {
    if (terminal && length > 0) {
      err.print("\r" + " ".repeat(length) + "\r");
      err.flush();
      length = 0;
    }
  }
}
