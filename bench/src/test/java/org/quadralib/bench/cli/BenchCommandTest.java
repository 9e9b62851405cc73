package org.quadralib.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quadralib.samples.Quadra;

class BenchCommandTest {
  private static final String SMALL =
      "bench --model qcnn --input 1x8x8 --batch 4 --threads 1 --steps 2 --warm-up 0 ";

  @TempDir Path folder;

  private record Answer(int exit, String out, String err) {
    JsonNode json() throws Exception {
      assertEquals(0, exit, this::toString);
      return new ObjectMapper().readTree(out.lines().reduce((a, b) -> b).orElseThrow());
    }
  }

  private static Answer run(String words) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exit =
        Quadra.commandLine(new BenchCommand())
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err))
            .execute(words.strip().split(" +"));
    return new Answer(exit, out.toString(), err.toString());
  }

  @Test
  void aloneItTellsTheMediansOfItsTimes() throws Exception {
    JsonNode json = run(SMALL + "--peer none --json").json();
    for (String kind : List.of("step", "infer")) {
      JsonNode quartiles = json.get(kind);
      double median = json.get(kind + "Millis").asDouble();
      assertEquals(quartiles.get("median").asDouble(), median);
      assertTrue(median > 0, json::toString);
      assertTrue(quartiles.get("firstQuartile").asDouble() <= median, json::toString);
      assertTrue(quartiles.get("thirdQuartile").asDouble() >= median, json::toString);
    }
    assertEquals("vector", json.get("backend").asText());
    assertEquals(1, json.get("threads").asInt());
    assertEquals(2, json.get("rounds").asInt());
    assertEquals(0, json.get("peers").size());
    assertTrue(json.get("machine").get("cores").asInt() >= 1);
  }

  @Test
  void aBudgetDecidesHowLayersAreDifferentiated() throws Exception {
    long all = run(SMALL + "--peer none --json").json().get("peakBytes").asLong();
    long least =
        run(SMALL + "--backprop block --peer none --json").json().get("peakBytes").asLong();
    assertTrue(least < all, least + " and " + all);
    long budget = (least + all) / 2;
    JsonNode json =
        run(SMALL + "--backprop auto --memory " + budget + " --peer none --json").json();
    assertEquals("auto", json.get("backprop").asText());
    assertTrue(json.get("peakBytes").asLong() <= budget, json::toString);
  }

  @Test
  void aMissingPythonIsSkippedAndSaidTo() throws Exception {
    Answer answer = run(SMALL + "--python /nowhere/python --json");
    JsonNode json = answer.json();
    assertTrue(json.get("skipped").get("python").asText().contains("/nowhere/python"));
    assertTrue(answer.err().contains("peer 'python' is skipped"), answer.err());
    assertFalse(
        StreamSupport.stream(json.get("peers").spliterator(), false)
            .anyMatch(peer -> peer.get("name").asText().equals("python")));
  }

  @Test
  void writesTableNumbersAndCharts() throws Exception {
    Answer answer = run(SMALL + "--peer none --out " + folder);
    assertEquals(0, answer.exit(), answer::toString);
    assertTrue(Files.readString(folder.resolve("bench.txt")).contains("qcnn"));
    assertEquals(
        "qcnn",
        new ObjectMapper().readTree(folder.resolve("bench.json").toFile()).get("model").asText());
    assertTrue(ImageIO.read(folder.resolve("bench.png").toFile()).getWidth() > 100);
    assertTrue(Files.readString(folder.resolve("bench.svg")).contains("<svg"));
  }

  @Test
  void sweepsOverBatches() throws Exception {
    Answer answer = run(SMALL + "--peer none --json --sweep batch=1,3 --out " + folder);
    JsonNode points = answer.json().get("points");
    assertEquals(2, points.size());
    assertEquals(1, points.get(0).get("batch").asInt());
    assertEquals("3", points.get(1).get("value").asText());
    assertTrue(points.get(1).get("stepMillis").asDouble() > 0);
    assertTrue(Files.exists(folder.resolve("bench-training.png")));
    assertTrue(Files.exists(folder.resolve("bench-inference.svg")));
  }

  @Test
  void measuresSeveralModels() throws Exception {
    JsonNode json =
        run(SMALL.replace("qcnn", "qcnn,qmlp") + "--peer none --json --out " + folder)
            .json()
            .get("models");
    assertEquals("qcnn", json.get(0).get("model").asText());
    assertEquals("qmlp", json.get(1).get("model").asText());
    assertTrue(json.get(1).get("stepMillis").asDouble() > 0);
    assertTrue(Files.exists(folder.resolve("bench-qcnn.png")));
    assertTrue(Files.exists(folder.resolve("bench-qmlp.svg")));
  }

  @Test
  void profilesTheStepByOperation() throws Exception {
    JsonNode json = run(SMALL + "--peer none --json --profile").json();
    double shares = 0;
    boolean hasFlops = false;
    for (JsonNode row : json.get("profile")) {
      shares += row.get("share").asDouble();
      hasFlops |= row.get("gigaflops").asDouble() > 0;
    }
    assertEquals(1, shares, 1e-6);
    assertTrue(hasFlops, json::toString);
  }

  @Test
  void measuresProducts() throws Exception {
    JsonNode json =
        run("bench gemm --sizes 17,8x16x5 --threads 1 --steps 2 --warm-up 0 --peer none --json")
            .json();
    JsonNode second = json.get("results").get(1);
    assertEquals("8x16x5", second.get("name").asText());
    assertEquals(2.0 * 8 * 16 * 5, second.get("flops").asDouble());
    assertEquals("quadralib", second.get("results").get(0).get("name").asText());
    assertTrue(second.get("results").get(1).get("ratio").get("median").asDouble() > 0);
    assertTrue(json.get("roof").get("gigaflops").asDouble() > 0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          bench --model qcn                         | did you mean 'qcnn'?
          bench --batch 0                           | --batch must be at least 1
          bench --steps 0                           | --steps must be at least 1
          bench --classes 0                         | --classes must be at least 1
          bench --threads 0                         | --threads must be at least 1
          bench --warm-up -1                        | --warm-up must be at least 0
          bench --backend gpu                       | there is no backend 'gpu'
          bench --peer tensorflow                   | --peer takes none, djl, python or all
          bench --peer python --python /nowhere/p   | QUADRA_PYTHON
          bench --peer-device tpu                   | --peer-device takes cpu, cuda or cuda:N
          bench --peer-device cuda                  | goes with --peer python
          bench --model qcnn,qmlp --sweep batch=1   | --sweep goes with one model
          bench --model qcnn,nothing                | there is no model 'nothing'
          bench --input 3x32                        | is not an image shape
          bench --backprop magic                    | choose one of autodiff, hybrid
          bench --backprop auto                     | --backprop auto needs a budget
          bench --batch max                         | --batch max needs a budget
          bench --sweep batch                       | --sweep takes batch=1,4,16
          bench --sweep batch=1,x                   | whole numbers, not 'x'
          bench --sweep width=0                     | must be above 0 and at most 64, but is 0
          bench --sweep width=x                     | --sweep width takes numbers, not 'x'
          bench --sweep colour=red                  | not over 'colour'
          bench --frobnicate                        | there is no option '--frobnicate'
          bench gem                                 | did you mean 'gemm'?
          bench gemm --sizes 3x4                    | ROWSxCOLUMNSxDEPTH
          bench gemm --sizes 0                      | --sizes must be at least 1
          bench conv --sizes big                    | CHANNELSxSIDE
          bench conv --batch 0                      | --batch must be at least 1
          """)
  void wrongArgumentsAreAnsweredInOneSentence(String words, String fragment) {
    Answer answer = run(words);
    assertEquals(2, answer.exit(), answer::toString);
    List<String> lines = answer.err().lines().filter(line -> line.startsWith("quadra: ")).toList();
    assertEquals(1, lines.size(), answer.err());
    assertTrue(lines.getFirst().contains(fragment), answer.err());
  }
}
