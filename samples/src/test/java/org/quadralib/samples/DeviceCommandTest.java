package org.quadralib.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quadralib.backend.BackendProvider;
import org.quadralib.backend.Backends;

/** Training on a device from the command line. */
@Tag("device")
class DeviceCommandTest {
  private static final String LIMIT = "tornado.device.memory";

  @TempDir Path folder;

  @BeforeAll
  static void needsADevice() {
    for (BackendProvider provider : Backends.all()) {
      if (provider.name().equals("tornado") && provider.unavailable().isPresent()) {
        System.out.println("SKIPPED commands on a device: " + provider.unavailable().get());
        assumeTrue(false, provider.unavailable().get());
      }
    }
  }

  private Cli.Answer train(String options) {
    return Cli.run(
        "train --backend tornado --data digits --model qmlp --seed 3 --json --out %s/run %s"
            .formatted(folder, options));
  }

  @Test
  void devicesAreListedWithTheirMemory() throws Exception {
    String text = Cli.run("devices").ok().out();
    assertTrue(text.contains("--backend tornado:0:0") && text.contains("memory"), text);
    JsonNode json = new ObjectMapper().readTree(Cli.run("devices --json").ok().lastLine());
    for (JsonNode backend : json.get("backends")) {
      assertEquals(
          backend.get("name").asText().equals("tornado"), !backend.get("devices").isEmpty());
    }
  }

  @Test
  void learnsTheDigits() throws Exception {
    JsonNode results = new ObjectMapper().readTree(train("--epochs 4").ok().lastLine());
    assertTrue(results.get("testAccuracy").asDouble() > 0.9, results::toString);
  }

  @Test
  void aProfileShowsThatOnlyTheBatchTravelsAndThatMemoryIsAsPlanned() throws Exception {
    Cli.Answer answer =
        Cli.run(
            "profile --backend tornado --model qmlp --input 1x8x8 --batch 64 --steps 2 --warm-up 0"
                + " --json");
    JsonNode device = new ObjectMapper().readTree(answer.ok().lastLine()).get("device");
    long batch = 64 * 8 * 8 * Float.BYTES;
    long inputs = device.get("inputBytes").asLong();
    assertTrue(inputs > batch && inputs < batch + 1024, device::toString);
    long sent = device.get("sentBytes").asLong();
    assertTrue(sent >= inputs && sent <= 2 * inputs, device::toString);
    long frames = device.get("countedBytes").asLong() - sent;
    assertTrue(
        frames > 0 && frames <= 64 * (device.get("launches").asLong() + 1), device::toString);
    assertEquals(2 * Float.BYTES, device.get("receivedBytes").asLong(), "the loss and a count");
    assertEquals(0, device.get("returnedBytes").asLong());
    assertEquals(device.get("plannedBytes").asLong(), device.get("allocatedBytes").asLong());
    double kernels = 0;
    double compiling = 0;
    for (JsonNode row : device.get("operations")) {
      kernels += row.get("kernelMillis").asDouble();
      compiling += row.get("compileMillis").asDouble();
    }
    assertTrue(kernels > 0 && compiling > 0, device::toString);
  }

  @Test
  void tooLittleMemoryIsOneSentenceAndNoSuccess() {
    String before = System.getProperty(LIMIT);
    System.setProperty(LIMIT, "1MB");
    try {
      train("--epochs 1 --batch 1000").refused("the plan on device tornado:", "1.0 MiB");
      assertFalse(Files.exists(folder.resolve("run/weights.safetensors")));
    } finally {
      if (before == null) {
        System.clearProperty(LIMIT);
      } else {
        System.setProperty(LIMIT, before);
      }
    }
  }

  @Test
  void aDeviceThatIsNotThereIsRefused() {
    Cli.run("train --backend tornado:9:9 --out " + folder.resolve("run"))
        .refused("tornado:9:9", "DRIVER:DEVICE");
  }
}
