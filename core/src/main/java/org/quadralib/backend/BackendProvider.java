package org.quadralib.backend;

import java.util.List;
import java.util.Optional;

/** How a backend is found: implementations are registered with {@link java.util.ServiceLoader}. */
public interface BackendProvider {
  /** Short name, as users select it. */
  String name();

  /** What it runs on, for people. */
  String description();

  /** Among usable backends the one with the highest priority is the automatic choice. */
  int priority();

  /** Why it cannot be used here and how to mend that, in one sentence; empty if it can. */
  Optional<String> unavailable();

  /**
   * Starts the backend.
   *
   * @param threads number of threads, at least 1
   * @throws IllegalStateException if it is not available
   */
  Backend create(int threads);

  /**
   * Starts the backend on one of its devices.
   *
   * @param device as {@link #devices} names it
   * @throws IllegalArgumentException if there is no such device
   */
  default Backend create(int threads, String device) {
    throw new IllegalArgumentException(
        "backend '%s' has no devices to choose from; write '%s' without ':%s'"
            .formatted(name(), name(), device));
  }

  /** What there is to choose from, a line for each device that begins with its name. */
  default List<String> devices() {
    return List.of();
  }
}
