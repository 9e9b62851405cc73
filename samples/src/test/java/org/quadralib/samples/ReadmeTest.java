package org.quadralib.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the documentation shows works, and what it points to exists. */
class ReadmeTest {
  private static final int MAX_LINES = 20;
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(#[^)]*)?\\)");

  @TempDir Path folder;

  /** The root of the project: tests run in the folder of their module. */
  private static Path root() {
    return Path.of("").toAbsolutePath().getParent();
  }

  @Test
  void theProgramRunsAsItStands() throws Exception {
    String readme = Files.readString(root().resolve("README.md"));
    Matcher block = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(readme);
    assertTrue(block.find(), "the README shows no program");
    String program = block.group(1);
    assertTrue(program.lines().count() <= MAX_LINES, "the program is too long");
    Path source = Files.writeString(folder.resolve("Digits.java"), program);

    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--module-path",
                modulePath(),
                "--add-modules",
                "org.quadralib.optim",
                source.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("out.txt").toFile())
            .start();
    boolean ended = process.waitFor(180, TimeUnit.SECONDS);
    process.destroyForcibly();
    String said = Files.readString(folder.resolve("out.txt"));
    assertTrue(ended, said);
    assertEquals(0, process.exitValue(), said);
    Matcher accuracy = Pattern.compile("test accuracy (\\S+)").matcher(said);
    assertTrue(accuracy.find(), said);
    assertTrue(Double.parseDouble(accuracy.group(1)) > 0.95, said);
  }

  /** The class path of the test as a module path, without the tests themselves. */
  private static String modulePath() {
    return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !entry.contains("test"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "README.md",
        "CONTRIBUTING.md",
        "docs/architecture.md",
        "docs/analysis.md",
        "docs/benchmarks.md"
      })
  void linksLeadSomewhere(String name) throws IOException {
    Path file = root().resolve(name);
    List<String> broken =
        LINK.matcher(Files.readString(file))
            .results()
            .map(match -> match.group(1))
            .filter(target -> !Files.exists(file.resolveSibling(target)))
            .toList();
    assertEquals(List.of(), broken);
  }
}
