package org.quadralib.train;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Where and how often to save a run. It is saved before its first step, after each epoch, when it
 * is stopped, and in between as said here. The folder then holds {@code last.safetensors}, the
 * state of the run, and, with validation, {@code best.safetensors}, the best weights. While a run
 * writes into it, no other can.
 *
 * @param directory is created if it does not exist
 * @param everySteps steps between two checkpoints within an epoch; 0 for none by steps
 * @param every time between two checkpoints within an epoch; empty for none by time
 */
public record CheckpointPolicy(Path directory, int everySteps, Optional<Duration> every) {
  /** Checks the intervals. */
  public CheckpointPolicy {
    if (everySteps < 0 || every.map(d -> d.isNegative() || d.isZero()).orElse(false)) {
      throw new IllegalArgumentException("the interval of checkpoints must be above 0");
    }
  }

  /** Into a folder, every minute. */
  public static CheckpointPolicy in(Path directory) {
    return new CheckpointPolicy(directory, 0, Optional.of(Duration.ofMinutes(1)));
  }

  /** Also after so many steps; 0 for none by steps. */
  public CheckpointPolicy everySteps(int steps) {
    return new CheckpointPolicy(directory, steps, every);
  }

  /** After so much time, not more often than steps end. */
  public CheckpointPolicy every(Duration interval) {
    return new CheckpointPolicy(directory, everySteps, Optional.of(interval));
  }

  /** The state of the run. */
  public Path last() {
    return directory.resolve("last.safetensors");
  }

  /** The best weights. */
  public Path best() {
    return directory.resolve("best.safetensors");
  }
}
