package org.quadralib.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import picocli.CommandLine;

/** Runs the command line inside the test. */
final class Cli {
  private Cli() {}

  /** What a command answered. */
  record Answer(int exit, String out, String err) {
    /** Fails unless the command succeeded. */
    Answer ok() {
      assertEquals(0, exit, this::toString);
      return this;
    }

    /** Fails unless the command refused its input in one sentence that says all of this. */
    Answer refused(String... fragments) {
      assertEquals(Failures.WRONG_INPUT, exit, this::toString);
      assertFalse(err.contains("\tat "), () -> "a stack trace: " + this);
      assertTrue(err.startsWith("quadra: "), this::toString);
      long lines = err.lines().filter(line -> !line.startsWith("See 'quadra")).count();
      assertEquals(1, lines, () -> "more than one line: " + this);
      for (String fragment : fragments) {
        assertTrue(err.contains(fragment), () -> "'" + fragment + "' is not in: " + this);
      }
      return this;
    }

    /** The last line of standard output. */
    String lastLine() {
      return out.lines().reduce((first, second) -> second).orElse("");
    }
  }

  /** Runs a command; words are separated by single spaces. */
  static Answer run(String words) {
    return run(words.split(" "));
  }

  /** Runs a command. */
  static Answer run(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command =
        Quadra.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    int exit = command.execute(args);
    return new Answer(exit, out.toString(), err.toString());
  }
}
