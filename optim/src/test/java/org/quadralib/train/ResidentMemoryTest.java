package org.quadralib.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.quadralib.backend.Backend;
import org.quadralib.backend.Backends;
import org.quadralib.layers.Backprop;
import org.quadralib.layers.Model;
import org.quadralib.models.Models;
import org.quadralib.tensor.Shape;

/** What the operating system says a process holds, against what was planned. */
class ResidentMemoryTest {
  /** What the JVM may add: 36 to 45 MiB were measured. */
  private static final long MARGIN = 54L << 20;

  private static final Path STATUS = Path.of("/proc/self/status");

  @ParameterizedTest
  @EnumSource
  void aProcessGrowsByThePlanAndLittleMore(Backprop way) throws Exception {
    assumeTrue(Files.isReadable(STATUS), "resident memory is read from Linux's /proc");
    Process process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "--add-modules",
                "jdk.incubator.vector",
                // As ./quadra train has it: until kernels are compiled, vectors are objects, which
                // would fill a larger young generation.
                "-Xmx96m",
                "-XX:+UseSerialGC",
                "-Xms32m",
                "-Xmn8m",
                "-XX:MinHeapFreeRatio=10",
                "-XX:MaxHeapFreeRatio=20",
                // What compiling kernels took is given back.
                "-XX:TrimNativeHeapInterval=200",
                "-cp",
                System.getProperty("java.class.path"),
                Fork.class.getName(),
                way.name())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    List<String> lines = process.inputReader().lines().toList();
    assertEquals(0, process.waitFor(), String.join("\n", lines));
    String[] numbers = lines.getLast().split(" ", -1);
    long growth = Long.parseLong(numbers[0]);
    long planned = Long.parseLong(numbers[1]);
    System.out.printf(
        Locale.ROOT,
        "resident memory of QResNet-14, batch 64, %s: grew by %.1f MiB, planned %.1f MiB%n",
        way,
        growth / 1048576.0,
        planned / 1048576.0);
    assertTrue(growth <= planned + MARGIN, growth + " grown, " + planned + " planned");
    assertTrue(growth >= planned / 2, "what was planned was used");
  }

  /** A JVM that is idle at first, then trains. */
  static final class Fork {
    private Fork() {}

    /** Prints by how much resident memory has grown, and what was planned, in bytes. */
    public static void main(String[] arguments) throws IOException {
      Recipe recipe = Recipe.defaults().backprop(Backprop.valueOf(arguments[0]));
      try (Backend backend = Backends.automatic(2)) {
        long idle = residentBytes();
        try (Model model =
                Model.create(Models.named("qresnet14").build(10), Shape.of(3, 32, 32), 1);
            TrainingStep step = TrainingStep.compile(model, backend, recipe, 64)) {
          for (int n = 0; n < 5; n++) {
            step.run(n, 1e-4);
          }
          System.out.println((residentBytes() - idle) + " " + step.predictedPeakBytes());
        }
      }
    }

    private static long residentBytes() throws IOException {
      return Files.readAllLines(STATUS).stream()
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D+", "")) * 1024)
          .sum();
    }
  }
}
