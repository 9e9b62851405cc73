package org.quadralib.samples;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/**
 * Holds the place of {@code quadra bench} in the help. The command itself is in another module,
 * whose peers must not be on the path of the library; the launcher starts that one.
 */
@Command(name = "bench", header = "Measures speed, side by side with PyTorch.")
final class BenchElsewhere implements Callable<Integer> {
  @SuppressWarnings({"UnusedVariable", "NullAway"}) // takes whatever the other command would
  @Unmatched
  private List<String> arguments;

  @Override
  public Integer call() {
    throw new UnsupportedOperationException(
        "the benchmarks are not on the class path; start them with ./quadra bench from the"
            + " sources");
  }
}
