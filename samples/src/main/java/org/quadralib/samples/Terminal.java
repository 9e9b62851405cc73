package org.quadralib.samples;

import java.io.Console;
import org.jspecify.annotations.Nullable;

/** Whether somebody looks on. */
public final class Terminal {
  private Terminal() {}

  /** Whether standard output is a terminal, so that a line can be written over. */
  @SuppressWarnings("SystemConsoleNull") // not null from JDK 22 on, but null again in JDK 25
  public static boolean isPresent() {
    @Nullable Console console = System.console();
    return console != null && console.isTerminal();
  }
}
