package org.quadralib.samples;

import java.io.Console;
import org.jspecify.annotations.Nullable;

/** Whether somebody looks on, and what is fit to be shown. */
public final class Terminal {
  private Terminal() {}

  /**
   * A text on one line that leaves the terminal as it is: control characters, as damaged files have
   * them, and those that change the direction of writing become question marks.
   */
  static String harmless(String text) {
    return text.codePoints()
        .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? '?' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  /** Whether standard output is a terminal, so that a line can be written over. */
  @SuppressWarnings("SystemConsoleNull") // not null from JDK 22 on, but null again in JDK 25
  public static boolean isPresent() {
    @Nullable Console console = System.console();
    return console != null && console.isTerminal();
  }
}
