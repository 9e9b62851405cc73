package org.quadralib.tornado;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.quadralib.backend.Backends;

class TornadoBackendProviderTest {
  @Test
  void isListed() {
    assertTrue(Backends.all().stream().anyMatch(p -> p.name().equals("tornado")));
  }

  @Test
  void isNeverChosenSilently() {
    try (var backend = Backends.automatic(1)) {
      assertFalse(backend.name().equals("tornado"));
    }
  }

  @Test
  void saysWhyItCannotBeUsed() {
    var error = assertThrows(IllegalArgumentException.class, () -> Backends.named("tornado", 1));
    assertTrue(error.getMessage().contains("no GPU"), error.getMessage());
  }
}
