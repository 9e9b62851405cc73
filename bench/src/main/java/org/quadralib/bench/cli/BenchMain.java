package org.quadralib.bench.cli;

import org.quadralib.samples.Quadra;

/** The command line with the benchmarks: what the launcher starts for {@code quadra bench}. */
public final class BenchMain {
  private BenchMain() {}

  /**
   * Runs the command line and ends the JVM with its exit code.
   *
   * @param args the arguments after {@code quadra}
   */
  public static void main(String[] args) {
    Quadra.run(Quadra.commandLine(new BenchCommand()), args);
  }
}
