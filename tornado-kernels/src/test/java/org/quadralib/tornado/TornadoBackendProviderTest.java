package org.quadralib.tornado;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.quadralib.backend.Backends;

@Tag("device")
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
  void withoutAnSdkItSaysWhatToInstall() {
    assumeFalse(Support.missing().isEmpty(), "an SDK is there");
    var error = assertThrows(IllegalArgumentException.class, () -> Backends.named("tornado", 1));
    assertTrue(error.getMessage().contains("TORNADOVM_HOME"), error.getMessage());
    assertTrue(new TornadoBackendProvider().devices().isEmpty());
  }

  @Test
  @NeedsTornado
  void aDeviceIsChosenByName() {
    String name = Devices.preferred().name();
    try (var backend = Backends.named("tornado:" + name, 1)) {
      assertEquals("tornado", backend.name());
      assertTrue(backend.description().contains(name), backend.description());
    }
  }

  @Test
  @NeedsTornado
  void aDeviceThatIsNotThereIsAnError() {
    for (String device : new String[] {"0:99", "7:0", "gpu", ""}) {
      var error =
          assertThrows(
              IllegalArgumentException.class, () -> Backends.named("tornado:" + device, 1));
      assertTrue(error.getMessage().contains("[0:0"), error.getMessage());
    }
  }
}
