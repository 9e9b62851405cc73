package org.quadralib.samples;

import java.io.PrintWriter;
import java.util.Locale;
import org.quadralib.data.DataOptions;

/** Shows on a terminal how far a long read of data has come; warnings are shown everywhere. */
final class DataProgress implements DataOptions.Progress {
  private final PrintWriter out;
  private final boolean terminal;

  DataProgress(PrintWriter out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  @Override
  public void warning(String sentence) {
    Warnings.print(out, sentence);
  }

  @Override
  public void update(String what, long done, long total) {
    if (terminal) {
      String line = String.format(Locale.ROOT, "reading %s: %,d of %,d", what, done, total);
      out.print("\r" + line + (done == total ? "\r" + " ".repeat(line.length()) + "\r" : ""));
      out.flush();
    }
  }
}
