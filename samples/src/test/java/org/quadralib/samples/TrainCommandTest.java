package org.quadralib.samples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.quadralib.io.Npy;
import org.quadralib.memory.Category;
import org.quadralib.memory.TensorArena;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.Tensor;
import org.quadralib.tensor.TensorType;

/** Training, evaluation and prediction from the command line, with a small model and few epochs. */
class TrainCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;

  private Cli.Answer train(Path out, String more) {
    String words = "train --model qmlp --backend scalar --epochs 2 --out " + out + " " + more;
    return Cli.run(words.strip());
  }

  private static JsonNode json(Cli.Answer answer) throws Exception {
    return JSON.readTree(answer.lastLine());
  }

  @Test
  void printsATableAndWritesTheRun() throws Exception {
    Path out = folder.resolve("run");
    Cli.Answer answer = train(out, "").ok();
    for (String word : List.of("accuracy", "training time", "parameters", "MACs", "peak memory")) {
      assertTrue(answer.out().contains(word), answer.out());
    }
    assertTrue(answer.out().contains(out.toString()), answer.out());
    assertTrue(answer.err().contains("epoch 2/2"), answer.err());
    for (String file :
        List.of(
            "manifest.json",
            "weights.safetensors",
            "last.safetensors",
            "best.safetensors",
            "history.csv",
            "confusion.csv")) {
      assertTrue(Files.size(out.resolve(file)) > 0, file);
    }
    assertEquals(3, Files.readAllLines(out.resolve("history.csv")).size());
    assertEquals(11, Files.readAllLines(out.resolve("confusion.csv")).size());

    JsonNode manifest = JSON.readTree(out.resolve("manifest.json").toFile());
    assertEquals("qmlp", manifest.at("/options/model").asText());
    assertEquals("adamw", manifest.at("/options/optimizer").asText());
    assertEquals("scalar", manifest.at("/backend").asText());
    assertEquals(64, manifest.at("/data/train/sha256").asText().length());
    assertTrue(manifest.at("/results/testAccuracy").asDouble() > 0.5, manifest.toString());
  }

  @Test
  void theLastLineIsOneJsonObject() throws Exception {
    JsonNode results = json(train(folder.resolve("run"), "--json --quiet").ok());
    for (String number :
        List.of(
            "testAccuracy",
            "trainSeconds",
            "imagesPerSecond",
            "parameters",
            "macs",
            "predictedPeakBytes",
            "measuredPeakBytes",
            "loss",
            "epochs",
            "seed")) {
      assertTrue(results.path(number).isNumber(), number + " in " + results);
    }
    assertTrue(
        results.at("/savedBytes/hybrid").asLong() <= results.at("/savedBytes/autodiff").asLong());
    assertEquals(
        results.path("predictedPeakBytes").asLong(), results.path("measuredPeakBytes").asLong());
    assertEquals("digits", results.path("data").asText());
    assertEquals(2, results.path("epochs").asInt());
  }

  @Test
  void quietSaysNothingButTheResults() {
    Cli.Answer answer = train(folder.resolve("run"), "--json --quiet").ok();
    assertEquals("", answer.err());
    assertEquals(1, answer.out().lines().count());
  }

  @Test
  void theSameSeedGivesTheSameWeightsWhateverTheThreads() throws Exception {
    train(folder.resolve("a"), "--seed 5 --threads 1 --backend auto").ok();
    train(folder.resolve("b"), "--seed 5 --threads 3 --backend auto").ok();
    train(folder.resolve("c"), "--seed 6 --threads 1 --backend auto").ok();
    byte[] a = Files.readAllBytes(folder.resolve("a/weights.safetensors"));
    assertArrayEquals(a, Files.readAllBytes(folder.resolve("b/weights.safetensors")));
    assertFalse(
        java.util.Arrays.equals(a, Files.readAllBytes(folder.resolve("c/weights.safetensors"))));
  }

  @Test
  void evaluationAgreesWithTheTestAfterTraining() throws Exception {
    Path out = folder.resolve("run");
    JsonNode trained = json(train(out, "--json").ok());
    Path weights = out.resolve("weights.safetensors");
    Cli.Answer answer = Cli.run("evaluate", "--weights", weights.toString(), "--json").ok();
    JsonNode evaluated = json(answer);
    assertEquals(
        trained.path("testAccuracy").asDouble(), evaluated.path("testAccuracy").asDouble());
    assertEquals(trained.path("testLoss").asDouble(), evaluated.path("testLoss").asDouble(), 1e-4);
    for (String number : List.of("parameters", "macs", "measuredPeakBytes", "imagesPerSecond")) {
      assertTrue(evaluated.path(number).isNumber(), number + " in " + evaluated);
    }
    assertTrue(answer.err().contains("recall"), answer.err());
  }

  @Test
  void predictsFromWeightsAndCheckpointsAlike() throws Exception {
    Path out = folder.resolve("run");
    train(out, "--validation 0").ok();
    Path images = folder.resolve("x.npy");
    try (TensorArena arena = TensorArena.root("test")) {
      TensorType type = new TensorType(DType.FLOAT32, Shape.of(5, 1, 8, 8));
      Tensor x = arena.allocate("x", Category.INPUT, type);
      for (long i = 0; i < x.elements(); i++) {
        x.set(i, Math.sin(i));
      }
      Npy.write(images, x);
    }
    float[] whole = predict(out.resolve("weights.safetensors"), images, "64");
    assertEquals(50, whole.length);
    // The last of three batches is incomplete.
    assertArrayEquals(whole, predict(out.resolve("weights.safetensors"), images, "2"), 1e-5f);
    assertArrayEquals(whole, predict(out.resolve("last.safetensors"), images, "64"), 0f);
  }

  private float[] predict(Path weights, Path images, String batch) throws Exception {
    Path logits = folder.resolve("y.npy");
    Cli.run(
            "predict",
            "--weights",
            weights.toString(),
            "--input",
            images.toString(),
            "--output",
            logits.toString(),
            "--batch",
            batch)
        .ok();
    try (Npy file = Npy.open(logits)) {
      return file.tensor().toFloats();
    }
  }

  @Test
  void aFileOfOptionsIsWeakerThanFlags() throws Exception {
    Path config =
        Files.writeString(
            folder.resolve("run.yaml"),
            """
            # a comment
            model: qcnn
            optimizer: sgd
            lr: 5e-4
            nesterov: true
            epochs: 9
            """);
    Path out = folder.resolve("run");
    train(out, "--config " + config).ok();
    JsonNode options = JSON.readTree(out.resolve("manifest.json").toFile()).path("options");
    assertEquals("qmlp", options.path("model").asText());
    assertEquals("2", options.path("epochs").asText());
    assertEquals("5e-4", options.path("lr").asText());
    assertEquals("0.9", options.path("momentum").asText());
    assertEquals("true", options.path("nesterov").asText());
  }

  @Test
  void everyOptionOfTheRecipeCanBeGiven() {
    train(
            folder.resolve("run"),
            "--optimizer sgd --momentum 0.8 --nesterov --weight-decay 1e-4 --schedule cosine"
                + " --warmup 0.5 --clip 5 --label-smoothing 0.1 --flip --crop 1 --cutout 2"
                + " --patience 5 --validation 0.2 --batch 100 --backprop hybrid --lr 0.05")
        .ok();
  }

  @Test
  void startsFromGivenWeights() throws Exception {
    train(folder.resolve("a"), "--epochs 4").ok();
    Path weights = folder.resolve("a/weights.safetensors");
    JsonNode results =
        json(train(folder.resolve("b"), "--weights " + weights + " --lr 1e-9 --json").ok());
    assertTrue(results.path("trainAccuracy").asDouble() > 0.8, results.toString());
  }

  @Test
  void aRunIsNotOverwritten() throws Exception {
    Path out = folder.resolve("run");
    train(out, "").ok();
    byte[] manifest = Files.readAllBytes(out.resolve("manifest.json"));
    train(out, "").refused("holds a run already", "--resume");
    assertArrayEquals(manifest, Files.readAllBytes(out.resolve("manifest.json")));
  }

  @Test
  void aRunThatCannotStartLeavesNoFolder() {
    Path out = folder.resolve("run");
    train(out, "--batch 5000").refused("fewer than a batch");
    assertFalse(Files.exists(out));
  }

  @Test
  void divergenceHasAnExitCodeOfItsOwn() {
    Cli.Answer answer =
        train(folder.resolve("run"), "--optimizer sgd --lr 1e30 --schedule constant");
    assertEquals(Failures.DIVERGED, answer.exit(), answer.toString());
    assertTrue(answer.err().contains("lower rate"), answer.err());
    assertFalse(answer.err().contains("\tat "), answer.err());
  }

  @Test
  void aFinishedRunCanBeResumedForItsResults() throws Exception {
    Path out = folder.resolve("run");
    JsonNode first = json(train(out, "--json").ok());
    JsonNode again = json(Cli.run("train --json --quiet --resume " + out).ok());
    assertEquals(first.path("testAccuracy"), again.path("testAccuracy"));
    assertEquals(first.path("steps"), again.path("steps"));
  }

  @Test
  void aRunIsResumedWithItsOwnSettingsOnly() {
    Path out = folder.resolve("run");
    train(out, "").ok();
    Cli.run("train --batch 16 --resume " + out).refused("batch size is 32, here 16");
    Cli.run("train --model qcnn --resume " + out).refused("model is qmlp, here qcnn");
  }

  @Test
  void aResumedRunStaysInItsFolder() {
    Path out = folder.resolve("run");
    train(out, "--quiet --json").ok();
    Cli.run("train --out elsewhere --resume " + out).refused("--out does not go with --resume");
    // How the first call showed its results does not matter to the second.
    assertTrue(Cli.run("train --resume " + out).ok().out().contains("peak memory"));
  }

  @Test
  void aDamagedRunIsNotResumed() throws Exception {
    Path out = folder.resolve("run");
    train(out, "").ok();
    Path last = out.resolve("last.safetensors");
    byte[] bytes = Files.readAllBytes(last);
    Files.write(last, java.util.Arrays.copyOf(bytes, bytes.length / 2));
    Cli.run("train --resume " + out).refused("last.safetensors");
    Files.delete(last);
    Cli.run("train --resume " + out).refused("there is no checkpoint");
    Files.writeString(out.resolve("manifest.json"), "{ not json");
    Cli.run("train --resume " + out).refused("manifest.json is damaged");
    Files.delete(out.resolve("manifest.json"));
    Cli.run("train --resume " + out).refused("is not a run");
  }
}
