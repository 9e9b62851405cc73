package org.quadralib.train;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.quadralib.backend.BackendProvider;
import org.quadralib.backend.Backends;

/** The backends that can run here. */
final class TestBackends {
  private TestBackends() {}

  /** Never fewer than the two that need nothing but a JDK. */
  static List<String> names() {
    List<String> names =
        Backends.all().stream()
            .filter(provider -> provider.unavailable().isEmpty())
            .map(BackendProvider::name)
            .toList();
    assertTrue(names.containsAll(List.of("scalar", "vector")), () -> "only " + names);
    return names;
  }
}
