package org.quadralib.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quadralib.io.Npy;
import org.quadralib.io.SafeTensors;
import org.quadralib.layers.Model;
import org.quadralib.memory.Category;
import org.quadralib.memory.TensorArena;
import org.quadralib.models.ModelEntry;
import org.quadralib.models.Models;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.TensorType;

/** Every command answers with one JSON object, and evaluation takes the flags of training. */
class JsonTest {
  @TempDir Path folder;

  private static JsonNode json(String words) throws Exception {
    return new ObjectMapper().readTree(Cli.run(words).ok().lastLine());
  }

  @Test
  void models() throws Exception {
    JsonNode list = json("models --json --input 1x1x1");
    assertEquals(Models.all().size(), list.path("models").size());
    for (int i = 0; i < list.path("models").size(); i++) {
      JsonNode entry = list.path("models").get(i);
      ModelEntry model = Models.all().get(i);
      assertEquals(model.name(), entry.path("model").asText());
      assertTrue(entry.path("parameters").isNumber() != entry.path("error").isTextual());
    }
    assertTrue(list.at("/models/0/error").asText().contains("MaxPool2d"), list.toString());
    JsonNode one = json("models qcnn --json --input 1x8x8 --batch 16");
    assertEquals(43_114, one.path("parameters").asLong());
    assertEquals(1_358_656, one.path("macs").asLong());
    long sum = 0;
    for (JsonNode layer : one.path("layers")) {
      sum += layer.path("parameters").asLong();
      String operation = layer.path("operation").asText();
      assertFalse(operation.contains("."), operation + " is no name for users");
    }
    assertEquals(43_114, sum);
    assertTrue(
        one.at("/savedBytes/hybrid").asLong() < one.at("/savedBytes/autodiff").asLong(),
        one.toString());
  }

  @Test
  void devices() throws Exception {
    JsonNode devices = json("devices --json");
    int usedByDefault = 0;
    boolean scalar = false;
    for (JsonNode backend : devices.path("backends")) {
      usedByDefault += backend.path("default").asBoolean() ? 1 : 0;
      scalar |= backend.path("name").asText().equals("scalar");
      assertEquals(backend.path("usable").asBoolean(), backend.path("reason").isNull());
    }
    assertTrue(scalar, devices.toString());
    assertEquals(1, usedByDefault);
    assertTrue(devices.path("processorCores").asInt() >= 1);
  }

  private Path weights() throws Exception {
    Path weights = folder.resolve("w.safetensors");
    try (Model model = Model.create(Models.named("qmlp").build(10), Shape.of(1, 8, 8), 1)) {
      SafeTensors.write(weights, model.parameters());
    }
    return weights;
  }

  @Test
  void predict() throws Exception {
    Path images = folder.resolve("x.npy");
    try (TensorArena arena = TensorArena.root("test")) {
      Npy.write(images, arena.allocate("x", Category.INPUT, TensorType.float32(3, 1, 8, 8)));
    }
    Path logits = folder.resolve("y.npy");
    JsonNode result =
        json(
            "predict --json --model qmlp --weights %s --input %s --output %s"
                .formatted(weights(), images, logits));
    assertEquals(3, result.path("examples").asInt());
    assertEquals(10, result.path("classes").asInt());
    assertEquals(logits.toString(), result.path("output").asText());
  }

  @Test
  void evaluateTakesAFileAndTheFlagsOfTraining() throws Exception {
    Path weights = weights();
    Path file =
        Files.writeString(
            folder.resolve("run.yaml"),
            "model: qcnn\ndata: digits\nbatch: 16\nepochs: 3\nlr: 0.1\nout: elsewhere\n");
    Path out = folder.resolve("out");
    JsonNode result =
        json(
            "evaluate --json --seed 3 --backprop hybrid --model qmlp --config %s --weights %s --out %s"
                .formatted(file, weights, out));
    assertEquals("qmlp", result.path("model").asText(), "the flag is stronger");
    assertEquals(16, result.path("batch").asInt());
    assertEquals(result, new ObjectMapper().readTree(out.resolve("evaluation.json").toFile()));
    assertEquals(11, Files.readAllLines(out.resolve("confusion.csv")).size());
    assertFalse(Files.exists(Path.of("elsewhere")));

    Files.writeString(file, "batch: many");
    Cli.run("evaluate --config %s --weights %s".formatted(file, weights))
        .refused("run.yaml", "'many' is not a whole number");
    Files.writeString(file, "bacth: 3");
    Cli.run("evaluate --config %s --weights %s".formatted(file, weights))
        .refused("run.yaml, line 1", "did you mean 'batch'?");
  }
}
