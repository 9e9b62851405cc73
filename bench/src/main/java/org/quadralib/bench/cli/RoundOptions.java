package org.quadralib.bench.cli;

import org.quadralib.bench.versus.Interleaving;
import org.quadralib.profile.WarmUp;
import picocli.CommandLine.Option;

/** How often something is measured. */
final class RoundOptions {
  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "20",
      description = "Measured turns of each, after warming up. Default: ${DEFAULT-VALUE}.")
  private int steps;

  @Option(
      names = "--warm-up",
      paramLabel = "SECONDS",
      defaultValue = "30",
      description =
          "Warm up until nothing gets faster and the JVM's compilers rest, but at most so long."
              + " Default: ${DEFAULT-VALUE}.")
  private double warmUp;

  /**
   * The measurements asked for.
   *
   * @throws IllegalArgumentException if there are none
   */
  Interleaving interleaving(Progress progress) {
    Checks.positive("--steps", steps);
    if (!(warmUp >= 0)) {
      throw new IllegalArgumentException("--warm-up must be at least 0 seconds, not " + warmUp);
    }
    return new Interleaving(steps, new WarmUp(warmUp), progress);
  }
}
