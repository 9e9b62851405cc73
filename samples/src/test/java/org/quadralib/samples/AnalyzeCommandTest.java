package org.quadralib.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quadralib.io.Npy;
import org.quadralib.memory.Category;
import org.quadralib.memory.TensorArena;
import org.quadralib.tensor.Tensor;
import org.quadralib.tensor.TensorType;

class AnalyzeCommandTest {
  @TempDir static Path folder;

  private static Path quadratic;
  private static Path other;

  @BeforeAll
  static void train() {
    for (String model : List.of("qcnn", "qmlp")) {
      Cli.run(
              "train --model %s --epochs 1 --quiet --no-report --out %s"
                  .formatted(model, folder.resolve(model)))
          .ok();
    }
    quadratic = folder.resolve("qcnn/weights.safetensors");
    other = folder.resolve("qmlp/weights.safetensors");
    assertFalse(Files.exists(folder.resolve("qcnn/report.html")), "--no-report");
  }

  private static JsonNode json(String words) throws Exception {
    return new ObjectMapper().readTree(Cli.run(words).ok().lastLine());
  }

  @Test
  void anAnalysisInTheSameFolderReplacesWhatTheFirstWrote() throws Exception {
    Path out = folder.resolve("twice");
    String words = "analyze --weights %s --count %d --out " + out;
    Cli.run(words.formatted(quadratic, 2)).ok();
    Path mine = Files.writeString(out.resolve("maps/mine.txt"), "notes");
    Cli.run(words.formatted(other, 1)).ok();
    List<String> listed = Files.readAllLines(out.resolve("files.txt"));
    try (var files = Files.walk(out)) {
      List<String> found =
          files
              .filter(Files::isRegularFile)
              .map(file -> out.relativize(file).toString())
              .filter(name -> !name.equals("files.txt") && !name.equals("maps/mine.txt"))
              .sorted()
              .toList();
      assertEquals(listed.stream().sorted().toList(), found);
    }
    assertTrue(Files.exists(mine), "what is not its own stays");
  }

  @Test
  void comparesTwoModelsAndMeasuresEvidence() throws Exception {
    Path out = folder.resolve("compared");
    JsonNode result =
        json(
            "analyze --weights %s --against %s --box 2,1,4,6 --count 2 --class 3 --json --out %s"
                .formatted(quadratic, other, out));
    assertEquals(360, result.path("images").asInt());
    assertEquals(2, result.path("evidence").size());
    for (JsonNode evidence : result.path("evidence")) {
      assertEquals(3, evidence.path("class").asInt());
      assertEquals(24.0 / 64, evidence.path("areaOfObject").asDouble(), 1e-9);
      double share = evidence.path("onObject").asDouble();
      assertTrue(share > 0 && share < 1, evidence.toString());
      double difference = evidence.path("logit").asDouble() - evidence.path("baseline").asDouble();
      double terms =
          evidence.path("firstOrder").asDouble() + evidence.path("secondOrder").asDouble();
      assertEquals(difference, terms, 0.03 * Math.max(1, Math.abs(difference)));
    }
    assertEquals(2, result.path("gradientNorms").size());
    JsonNode agreement = result.path("agreement");
    int right = agreement.path("bothRight").asInt() + agreement.path("onlyFirstRight").asInt();
    assertEquals(result.path("accuracy").asDouble(), right / 360.0, 1e-9);
    for (JsonNode file : result.path("files")) {
      assertTrue(Files.size(Path.of(file.asText())) > 0, file.asText());
    }
    String page = Files.readString(out.resolve("report.html"));
    for (String part :
        List.of(
            "What layers see",
            "evidence",
            "Gradient norm by depth",
            "Compared with qmlp",
            "border of the object",
            "which covers 37.50% of the image",
            "16 channels of 8×8")) {
      assertTrue(page.contains(part), part);
    }
    assertFalse(page.contains("<script"));
    assertTrue(Files.exists(out.resolve("charts/gradients-by-depth.svg")));
  }

  @Test
  void twoOfTheSameModelAreNamedByTheirRuns() throws Exception {
    Path run = folder.resolve("again");
    Cli.run("train --model qmlp --epochs 1 --seed 2 --quiet --no-report --out " + run).ok();
    Path out = folder.resolve("named");
    Cli.run(
            "analyze --weights %s --against %s --count 1 --out %s"
                .formatted(other, run.resolve("weights.safetensors"), out))
        .ok();
    String page = Files.readString(out.resolve("report.html"));
    assertTrue(page.contains("Compared with again"), page);
    assertTrue(page.contains("only qmlp is right"), page);
  }

  @Test
  void looksAtImageFilesWithAMask() throws Exception {
    Path images = folder.resolve("photos");
    TestImages.write(images, List.of("3", "somewhere"), 2, 8);
    Path mask = folder.resolve("mask.npy");
    try (TensorArena arena = TensorArena.root("test")) {
      Tensor tensor = arena.allocate("m", Category.INPUT, TensorType.float32(8, 8));
      tensor.set(9, 1);
      Npy.write(mask, tensor);
    }
    JsonNode result =
        json(
            "analyze --weights %s --images %s --mask %s --layer 3 --json --out %s"
                .formatted(quadratic, images, mask, folder.resolve("photos-out")));
    assertEquals(4, result.path("images").asInt());
    assertEquals("[\"3\"]", result.path("layers").toString());
    assertEquals(1.0 / 64, result.at("/evidence/0/areaOfObject").asDouble(), 1e-9);
    assertFalse(result.has("accuracy"), "the class of some images is not known");
  }

  @Test
  void looksAtArrays() throws Exception {
    Path images = folder.resolve("x.npy");
    try (TensorArena arena = TensorArena.root("test")) {
      Tensor tensor = arena.allocate("x", Category.INPUT, TensorType.float32(3, 1, 8, 8));
      for (long i = 0; i < tensor.elements(); i++) {
        tensor.set(i, (i * 7 % 13) / 13.0);
      }
      Npy.write(images, tensor);
    }
    Path out = quadratic.resolveSibling("analysis");
    JsonNode result = json("analyze --json --weights %s --images %s".formatted(quadratic, images));
    assertEquals(3, result.path("images").asInt());
    assertEquals(out.resolve("report.html").toString(), result.path("report").asText());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --layer conv9                | there is no layer 'conv9'
          --layer 33                   | the layers are 0, 1, 2, 3
          --class eleven               | there is no class 'eleven'
          --class 10                   | from 0 to 9
          --box 1,2,3                  | write left,top,width,height
          --box 5,5,4,4                | does not lie in the images of 8×8 pixels
          --box 0,0,0,1                | is empty
          --box 1,1,2,2 --mask m.png   | give one
          --mask /nowhere.png          | /nowhere.png
          --images /nowhere            | /nowhere
          --images x --data digits     | --images takes the place of --data
          --count 0                    | --count must be at least 1
          --against /nowhere           | /nowhere
          --data mnist --data-dir /nowhere | /nowhere
          --layr 3                     | did you mean '--layer'?
          """)
  void refusesWrongInput(String more, String sentence) {
    Path out = folder.resolve("refused");
    Cli.run("analyze --weights %s --out %s %s".formatted(quadratic, out, more)).refused(sentence);
    assertFalse(Files.exists(out), "nothing is written");
  }

  @Test
  void refusesFoldersAndMasksWithNothingInThem() throws Exception {
    Path empty = Files.createDirectories(folder.resolve("empty"));
    Cli.run("analyze --weights %s --images %s".formatted(quadratic, empty))
        .refused("holds no image files");
    Path mask = folder.resolve("black.npy");
    try (TensorArena arena = TensorArena.root("test")) {
      Npy.write(mask, arena.allocate("m", Category.INPUT, TensorType.float32(8, 8)));
    }
    Cli.run("analyze --weights %s --mask %s".formatted(quadratic, mask)).refused("marks no pixel");
    Path wrong = folder.resolve("wrong.npy");
    try (TensorArena arena = TensorArena.root("test")) {
      Npy.write(wrong, arena.allocate("m", Category.INPUT, TensorType.float32(5, 8)));
    }
    Cli.run("analyze --weights %s --mask %s".formatted(quadratic, wrong))
        .refused("a mask for 6 images must be [8x8] or [6x8x8]");
  }
}
