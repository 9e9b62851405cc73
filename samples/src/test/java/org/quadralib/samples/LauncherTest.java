package org.quadralib.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What {@code quadra} says of an SDK with which a JVM would not start. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
  @TempDir Path sdk;

  @Test
  void aFolderThatIsNoSdkIsRefused() throws Exception {
    refused(sdk.resolve("nowhere"), "it has no tornado-argfile");
    refused(sdk, "it has no tornado-argfile");
  }

  @Test
  void anSdkWithoutItsModulesIsRefused() throws Exception {
    Files.createFile(sdk.resolve("tornado-argfile"));
    refused(sdk, "it has no share/java/tornado");
  }

  @Test
  void anSdkForAnotherJdkIsRefused() throws Exception {
    Files.createFile(sdk.resolve("tornado-argfile.template"));
    Path modules = Files.createDirectories(sdk.resolve("share/java/tornado"));
    Files.createFile(modules.resolve("tornado-api-5.2.0-jdk21.jar"));
    refused(sdk, "is for JDK 21, but");
  }

  private static void refused(Path home, String reason) throws IOException, InterruptedException {
    ProcessBuilder command = new ProcessBuilder("./quadra", "devices").directory(root().toFile());
    command.environment().put("TORNADOVM_HOME", home.toString());
    command.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process process = command.redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(2, process.waitFor(), said);
    assertTrue(said.startsWith("quadra: ") && said.contains(reason), said);
    assertEquals(1, said.lines().count(), said);
  }

  /** The folder of the launcher: tests run in that of their module. */
  private static Path root() {
    return Path.of("").toAbsolutePath().getParent();
  }
}
