package org.quadralib.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Builds of a tiny network on the digits, with hardly any training: what comes of them is told. */
class AutobuildCommandTest {
  @TempDir Path folder;
  private Path network;
  private Path out;

  @BeforeEach
  void write() throws Exception {
    network =
        Files.writeString(
            folder.resolve("tiny.yaml"),
            """
            architecture: 1
            input: 1x8x8
            network:
              type: sequential
              layers:
              - {type: conv2d, out: 4, kernel: 3, padding: 1}
              - {type: relu}
              - {type: conv2d, out: 4, kernel: 3, padding: 1}
              - {type: relu}
              - {type: global-avg-pool2d}
              - {type: dense, out: 10}
            """);
    out = folder.resolve("build");
  }

  private Cli.Answer build(String... more) {
    List<String> command =
        new ArrayList<>(
            List.of("autobuild", "--from", network.toString(), "--out", out.toString()));
    command.addAll(List.of("--epochs", "1", "--converted-epochs", "0", "--round-epochs", "0"));
    command.addAll(List.of("--final-epochs", "0", "--backend", "scalar", "--quiet"));
    command.addAll(List.of(more));
    return Cli.run(command.toArray(String[]::new));
  }

  @Test
  void aBudgetThatIsMetIsASuccess() throws Exception {
    Cli.Answer answer = build("--budget", "params=400", "--json").ok();
    JsonNode json = new ObjectMapper().readTree(answer.lastLine());
    assertTrue(json.path("met").asBoolean(), answer::toString);
    long parameters =
        json.at("/stages").get(json.at("/stages").size() - 1).at("/cost/parameters").asLong();
    assertTrue(parameters > 0 && parameters <= 400, answer::toString);
    String page = Files.readString(out.resolve("report.html"));
    for (String fact : List.of("at most 400 parameters", "--from", "--seed", "tiny", "digits")) {
      assertTrue(page.contains(fact), fact);
    }
  }

  @Test
  void aBudgetThatCannotBeMetIsSaidAndItsResultsAreKept() throws Exception {
    Cli.Answer answer = build("--budget", "params=10");
    assertEquals(Failures.BUDGET_NOT_MET, answer.exit(), answer::toString);
    assertTrue(
        answer
            .err()
            .matches(
                "quadra: the budget is not met: [0-9,]+ parameters \\(asked: at most 10\\);"
                    + " nothing is left that can be removed\\.\\R"),
        answer::toString);
    assertTrue(answer.out().contains("results in " + out), answer::toString);
    for (String file : List.of("report.html", "final/weights.safetensors")) {
      assertTrue(Files.exists(out.resolve(file)), file);
    }
    Cli.Answer again = Cli.run("autobuild", "--resume", out.toString(), "--quiet", "--json");
    assertEquals(Failures.BUDGET_NOT_MET, again.exit(), again::toString);
    assertFalse(new ObjectMapper().readTree(again.lastLine()).path("met").asBoolean(true));
  }
}
