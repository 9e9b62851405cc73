package org.quadralib.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import javax.xml.parsers.DocumentBuilderFactory;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProfileCommandTest {
  private static final String SMALL =
      "--model qcnn --input 1x8x8 --batch 8 --steps 2 --threads 1 --warm-up 0";
  private static final ObjectMapper JSON = new ObjectMapper();

  private static JsonNode json(String more) throws IOException {
    return JSON.readTree(Cli.run("profile " + SMALL + " --json" + more).ok().lastLine());
  }

  @ParameterizedTest
  @ValueSource(strings = {"autodiff", "hybrid", "block"})
  void theLastLineHasWhatIsPromised(String way) throws IOException {
    JsonNode json = json(" --backprop " + way);
    for (String name :
        List.of(
            "predictedPeakBytes",
            "measuredPeakBytes",
            "stepMillis",
            "inferMillis",
            "parameters",
            "macs")) {
      assertTrue(json.path(name).asDouble() > 0, name);
    }
    assertEquals(json.path("predictedPeakBytes"), json.path("measuredPeakBytes"));
    assertEquals(json.path("savedBytes").path(way), json.path("stepSavedBytes"));
  }

  @Test
  void theTableNamesLayersAndWhatIsAlive() {
    String out = Cli.run("profile " + SMALL).ok().out();
    for (String word :
        List.of("GFLOP/s", "alive at the peak", "conv 2 (3), Conv2d", "43,114", "block")) {
      assertTrue(out.contains(word), word + " is not in: " + out);
    }
  }

  @Test
  void aBudgetIsKeptAndExplained(@TempDir Path folder) throws IOException {
    long least = json(" --backprop block").path("predictedPeakBytes").asLong();
    long most = json("").path("predictedPeakBytes").asLong();
    long budget = (least + most) / 2;
    Cli.Answer answer =
        Cli.run("profile " + SMALL + " --json --backprop auto --memory " + budget).ok();
    JsonNode json = JSON.readTree(answer.lastLine());
    assertTrue(json.path("measuredPeakBytes").asLong() <= budget);
    assertTrue(answer.err().contains("back-propagation within"), answer.err());
    Cli.run("profile " + SMALL + " --backprop auto --memory " + least / 2)
        .refused("needs at least", "bytes", "smaller batch");
    Cli.run("profile " + SMALL + " --memory " + least).refused("--backprop auto");
  }

  @Test
  void theLargestBatchOfABudgetIsTaken() throws IOException {
    long budget = json(" --backprop hybrid").path("predictedPeakBytes").asLong();
    String words =
        "profile --model qcnn --input 1x8x8 --steps 1 --warm-up 0 --threads 1 --json --batch max";
    JsonNode json =
        JSON.readTree(Cli.run(words + " --backprop hybrid --memory " + budget).ok().lastLine());
    assertEquals(8, json.path("batch").asInt());
    assertEquals(budget, json.path("measuredPeakBytes").asLong());
  }

  @Test
  void budgetsAreMeasuredAndDrawn(@TempDir Path folder) throws Exception {
    Path curve = folder.resolve("curve.svg");
    JsonNode points = json(" --budgets 4 --curve " + curve).path("budgets");
    assertEquals(4, points.size());
    long before = 0;
    double predicted = Double.MAX_VALUE;
    for (JsonNode point : points) {
      assertTrue(point.path("peakBytes").asLong() <= point.path("budgetBytes").asLong());
      // On layers as small as these recomputing may be measured as the fastest way of all.
      assertTrue(point.path("budgetBytes").asLong() >= before);
      assertTrue(point.path("predictedMillis").asDouble() <= predicted);
      assertTrue(point.path("stepMillis").asDouble() > 0);
      before = point.path("budgetBytes").asLong();
      predicted = point.path("predictedMillis").asDouble();
    }
    var document = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(curve.toFile());
    assertEquals(8, document.getElementsByTagName("circle").getLength());
  }

  @Test
  void pageAndTraceAreWritten(@TempDir Path folder) throws IOException {
    Path html = folder.resolve("p.html");
    Path trace = folder.resolve("t.json");
    Cli.run("profile " + SMALL + " --html " + html + " --trace " + trace).ok();
    assertTrue(Files.readString(html).contains("</svg>"));
    assertTrue(JSON.readTree(trace.toFile()).path("traceEvents").size() > 100);
  }

  /** Operations of what is profiled and of what trains; steps of what trains. */
  @Test
  void theFlightRecorderSeesStepsAndOperations(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("run.jfr");
    try (Recording recording = new Recording()) {
      recording.start();
      Cli.run("profile " + SMALL).ok();
      Cli.run("train --epochs 1 --batch 256 --quiet --no-report --out " + folder.resolve("run"))
          .ok();
      recording.dump(file);
    }
    List<RecordedEvent> events = RecordingFile.readAllEvents(file);
    assertEquals(5, count(events, "org.quadralib.Step", _ -> true), "of training");
    assertEquals(
        2 + 5,
        count(events, "org.quadralib.Operation", event -> event.getInt("position") == 1),
        "first operations of steps that are profiled and of steps that train");
  }

  private static long count(
      List<RecordedEvent> events, String name, Predicate<RecordedEvent> which) {
    return events.stream()
        .filter(event -> event.getEventType().getName().equals(name))
        .filter(which)
        .count();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--memory 12foo",
        "--memory -1MiB",
        "--memory 0",
        "--backprop auto",
        "--batch max",
        "--batch 0",
        "--batch some",
        "--steps 0",
        "--warm-up -1",
        "--warm-up NaN",
        "--budgets 1",
        "--curve x.svg",
        "--backprop magic",
        "--html /nowhere/x.html",
      })
  void wrongOptionsAreRefused(String options) {
    Cli.run("profile --model qmlp --input 1x8x8 --steps 1 " + options).refused();
  }

  /** A run that goes on keeps the choice it made; measured again, it might be another. */
  @Test
  void aRunGoesOnWithWhatItChose(@TempDir Path folder) throws IOException {
    Path run = folder.resolve("run");
    long least =
        JSON.readTree(
                Cli.run(
                        "profile --model qcnn --input 1x8x8 --batch 512 --steps 1 --warm-up 0"
                            + " --json --backprop block")
                    .ok()
                    .lastLine())
            .path("predictedPeakBytes")
            .asLong();
    String train =
        "train --data digits --epochs 1 --batch 512 --schedule constant --quiet --no-report";
    long budget = least * 3 / 2;
    Cli.run(train + " --backprop auto --memory " + budget + " --out " + run).ok();
    Path file = run.resolve("manifest.json");
    ObjectNode manifest = (ObjectNode) JSON.readTree(file.toFile());
    JsonNode chosen = manifest.path("budget");
    assertEquals(512, chosen.path("batch").asInt());
    assertEquals(
        Set.of("0", "3", "7"),
        Set.copyOf(
            chosen.path("backprop").properties().stream().map(entry -> entry.getKey()).toList()));
    Cli.run("train --resume " + run + " --epochs 2 --quiet").ok();
    assertEquals(chosen, JSON.readTree(file.toFile()).path("budget"));

    ObjectNode layers = (ObjectNode) manifest.path("budget").path("backprop");
    boolean block = layers.path("0").asText().equals("block");
    layers.put("0", block ? "autodiff" : "block");
    JSON.writeValue(file.toFile(), manifest);
    Cli.Answer other = Cli.run("train --resume " + run + " --epochs 3 --quiet");
    assertFalse(other.exit() == 0, "what the manifest says is what is used");
    other.refused("back-propagation");
  }
}
