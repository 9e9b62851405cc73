package org.quadralib.samples;

import org.jspecify.annotations.Nullable;
import org.quadralib.backend.Backend;
import org.quadralib.backend.Backends;
import picocli.CommandLine.Option;

/** Options of every command that computes. */
public final class ComputeOptions {
  @Option(
      names = "--backend",
      paramLabel = "NAME",
      description =
          "auto, scalar, vector, tornado or tornado:DRIVER:DEVICE; see 'quadra devices'. Default:"
              + " auto.")
  public @Nullable String backend;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description =
          "Threads to compute with. Results do not depend on it. Default: all processor cores.")
  public @Nullable Integer threads;

  /** Starts the backend asked for; see {@link #open(String, Integer)}. */
  public Backend open() {
    return open(backend, threads);
  }

  /**
   * Starts a backend.
   *
   * @param name null for the best one
   * @param threads null for one on each processor core
   * @throws IllegalArgumentException if there is none of that name, it cannot be used here, or the
   *     number of threads is not positive
   */
  public static Backend open(@Nullable String name, @Nullable Integer threads) {
    if (threads != null && threads < 1) {
      throw new IllegalArgumentException("--threads must be at least 1, not " + threads);
    }
    int most = 16 * Runtime.getRuntime().availableProcessors();
    if (threads != null && threads > most) {
      throw new IllegalArgumentException(
          "--threads %d is more than this machine can use; take at most %d"
              .formatted(threads, most));
    }
    return Backends.named(
        name == null ? "auto" : name,
        threads == null ? Runtime.getRuntime().availableProcessors() : threads);
  }
}
