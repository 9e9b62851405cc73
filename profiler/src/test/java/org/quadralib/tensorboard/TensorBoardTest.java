package org.quadralib.tensorboard;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quadralib.SmallRun;
import org.quadralib.analysis.Histogram;
import org.quadralib.backend.Backend;
import org.quadralib.backend.Backends;
import org.quadralib.chart.PngImage;
import org.quadralib.data.DataSplits;
import org.quadralib.layers.Model;
import org.quadralib.train.TrainingResult;

class TensorBoardTest {
  @TempDir Path folder;

  /** The framing and the checksums, against bytes that TensorFlow wrote. */
  @Test
  void recordsAreFramedAsTensorFlowDoes() throws Exception {
    Path events = folder.resolve("events");
    new EventFile(events).close();
    byte[] file = Files.readAllBytes(onlyFile(events));
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    assertEquals(24, bytes.getLong());
    // Length 24 as the first record of every file of events.
    assertEquals("a37f4b22", HexFormat.of().formatHex(file, 8, 12));
    String data = new String(file, 12, 24, StandardCharsets.ISO_8859_1);
    assertTrue(data.endsWith("brain.Event:2"), data);
    assertEquals(file.length, 8 + 4 + 24 + 4);
  }

  @Test
  void tensorBoardReadsWhatWasWritten() throws Exception {
    assumePython();
    Path events = folder.resolve("events");
    PngImage image = PngImage.draw(4, 3, (channel, row, column) -> (channel + row + column) / 7.0);
    Histogram histogram = Histogram.of(100, i -> Math.sin(i) * 3);
    try (EventFile file = new EventFile(events);
        Model model = SmallRun.model(3)) {
      file.scalar("a/b", 7, 0.25);
      file.scalar("a/b", 1L << 40, -1e-3);
      file.histogram("h", 3, histogram);
      file.image("<i>", 2, image);
    }
    JsonNode read = read(events);
    assertEquals("[[7,0.25],[1099511627776,-0.001]]", rounded(read.at("/scalars/a~1b")));
    JsonNode histo = read.at("/histograms/h/0");
    assertEquals(3, histo.path("step").asInt());
    assertEquals(100, histo.path("num").asDouble());
    assertEquals(histogram.sum(), histo.path("sum").asDouble(), 1e-9);
    assertEquals(histogram.sumOfSquares(), histo.path("sumSquares").asDouble(), 1e-9);
    double counted = 0;
    for (JsonNode count : histo.path("counts")) {
      counted += count.asDouble();
    }
    assertEquals(100, counted, 1e-6);
    JsonNode picture = read.path("images").path("<i>").path(0);
    assertEquals(4, picture.get(0).asInt());
    assertEquals(3, picture.get(1).asInt());
    assertArrayEquals(image.png(), HexFormat.of().parseHex(picture.get(2).asText()));
  }

  @Test
  void tensorBoardReadsATraining() throws Exception {
    assumePython();
    Path events = folder.resolve("events");
    DataSplits data = SmallRun.data(List.of("a", "b", "c"));
    TrainingResult result;
    List<String> warnings = new ArrayList<>();
    try (Backend backend = Backends.named("scalar", 1);
        Model model = SmallRun.model(3);
        TensorBoardListener listener =
            new TensorBoardListener(events, model, backend, data, warnings::add)) {
      result = SmallRun.train(model, backend, data, 2, listener);
    }
    assertEquals(List.of(), warnings);
    JsonNode read = read(events);
    JsonNode losses = read.at("/scalars/loss~1train");
    assertEquals(2, losses.size());
    assertEquals(result.history().get(1).train().loss(), losses.get(1).get(1).asDouble(), 1e-6);
    assertEquals(12, read.at("/scalars/step~1loss").size());
    assertEquals(
        result.test().orElseThrow().accuracy(),
        read.at("/scalars/accuracy~1test/0/1").asDouble(),
        1e-6);
    assertEquals(
        36, read.path("histograms").path("weight/q1, first order").path(1).path("num").asInt());
    assertTrue(read.path("histograms").has("activation/q2, second order"), "by order");
    assertTrue(read.path("images").size() >= 16, "images");

    Set<String> names = new HashSet<>();
    read.path("graph").forEach(node -> names.add(node.path("name").asText()));
    assertTrue(names.contains("q1/conv1/weight"), names.toString());
    assertTrue(names.contains("logits"), names.toString());
    for (JsonNode node : read.path("graph")) {
      for (JsonNode input : node.path("inputs")) {
        String from = input.asText().replaceFirst(":\\d+$", "");
        assertTrue(names.contains(from), () -> node + " reads what is not there");
      }
      if (node.path("name").asText().equals("logits")) {
        assertEquals("[1,3]", node.path("shape").toString());
      }
    }
  }

  /** After a crash the steps that are done again do not show twice. */
  @Test
  void whatIsDoneAgainCountsOnce() throws Exception {
    assumePython();
    Path events = folder.resolve("events");
    try (EventFile file = new EventFile(events)) {
      for (int step = 1; step <= 5; step++) {
        file.scalar("loss", step, step);
      }
    }
    try (EventFile file = new EventFile(events)) {
      file.restart(4);
      file.scalar("loss", 4, 40);
      file.scalar("loss", 5, 50);
    }
    assertEquals(
        "[[1,1.0],[2,2.0],[3,3.0],[4,40.0],[5,50.0]]", read(events).at("/scalars/loss").toString());
  }

  private static String rounded(JsonNode points) {
    StringBuilder text = new StringBuilder();
    for (JsonNode point : points) {
      text.append(text.isEmpty() ? "" : ",")
          .append("[%s,%s]".formatted(point.get(0), (float) point.get(1).asDouble()));
    }
    return "[" + text + "]";
  }

  private static Path onlyFile(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.findFirst().orElseThrow();
    }
  }

  private static void assumePython() throws Exception {
    boolean there;
    try {
      Process process =
          new ProcessBuilder("python3", "-c", "import tensorboard")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      there = process.waitFor(120, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      there = false;
    }
    assumeTrue(there, "no python3 with tensorboard on the PATH: it did not read the files");
  }

  private JsonNode read(Path events) throws Exception {
    Path script = folder.resolve("read_events.py");
    try (InputStream in =
        requireNonNull(TensorBoardTest.class.getResourceAsStream("read_events.py"))) {
      Files.write(script, in.readAllBytes());
    }
    Path out = folder.resolve("out.json");
    Path err = folder.resolve("err.txt");
    Process process =
        new ProcessBuilder("python3", script.toString(), events.toString())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    assertTrue(process.waitFor(300, TimeUnit.SECONDS), "python ended");
    assertEquals(0, process.exitValue(), Files.readString(err));
    return new ObjectMapper().readTree(out.toFile());
  }
}
