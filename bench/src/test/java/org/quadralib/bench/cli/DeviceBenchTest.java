package org.quadralib.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.quadralib.backend.BackendProvider;
import org.quadralib.backend.Backends;
import org.quadralib.samples.Quadra;

/** The measurements that compare a device with its own roof. */
@Tag("device")
class DeviceBenchTest {
  @BeforeAll
  static void needsADevice() {
    for (BackendProvider provider : Backends.all()) {
      if (provider.name().equals("tornado") && provider.unavailable().isPresent()) {
        System.out.println("SKIPPED benchmarks of a device: " + provider.unavailable().get());
        assumeTrue(false, provider.unavailable().get());
      }
    }
  }

  @Test
  void aDeviceIsMeasuredAgainstItsOwnRoof() throws Exception {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exit =
        Quadra.commandLine(new BenchCommand())
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(
                ("bench --backend tornado --model qcnn --input 1x8x8 --batch 4 --steps 2"
                        + " --warm-up 0 --profile --peer none --json")
                    .split(" "));
    assertEquals(0, exit, err::toString);
    JsonNode json =
        new ObjectMapper().readTree(out.toString().lines().reduce((a, b) -> b).orElseThrow());
    assertEquals("tornado", json.get("backend").asText());
    assertTrue(json.get("stepMillis").asDouble() > 0, json::toString);
    assertTrue(json.get("inferMillis").asDouble() > 0, json::toString);
    assertTrue(json.get("roof").get("gigaflops").asDouble() > 0, json::toString);
    JsonNode convolution = operation(json, "Conv2d");
    assertTrue(convolution.get("millis").asDouble() > 0, convolution::toString);
    assertTrue(convolution.get("compileMillis").asDouble() > 0, convolution::toString);
    double ofRoof = convolution.get("ofRoof").asDouble();
    assertTrue(ofRoof > 0 && ofRoof < 2, convolution::toString);
    assertTrue(operation(json, "(inputs and outputs)").get("transferMillis").asDouble() > 0);
  }

  private static JsonNode operation(JsonNode json, String name) {
    for (JsonNode row : json.get("profile")) {
      if (row.get("operation").asText().equals(name)) {
        return row;
      }
    }
    throw new AssertionError("no " + name + " in " + json);
  }
}
