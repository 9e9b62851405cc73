package org.quadralib.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class BackendsTest {
  @Test
  void theScalarBackendIsAlwaysThere() {
    try (Backend backend = Backends.named("scalar", 2)) {
      assertEquals("scalar", backend.name());
      assertEquals("scalar (plain loops, 1 thread)", backend.description());
    }
  }

  @Test
  void theBestComesFirstAndIsTheAutomaticChoice() {
    List<BackendProvider> all = Backends.all();
    assertEquals("scalar", all.getLast().name());
    BackendProvider best =
        all.stream().filter(provider -> provider.unavailable().isEmpty()).findFirst().orElseThrow();
    for (String name : List.of("auto", best.name())) {
      try (Backend backend = Backends.named(name, 1)) {
        assertEquals(best.name(), backend.name());
      }
    }
  }

  @Test
  void anUnknownNameIsAnErrorThatSaysWhatThereIs() {
    var e = assertThrows(IllegalArgumentException.class, () -> Backends.named("cuda", 1));
    assertTrue(
        e.getMessage().startsWith("there is no backend 'cuda'; choose one of auto, "),
        e.getMessage());
    assertTrue(e.getMessage().endsWith("scalar"), e.getMessage());
  }
}
