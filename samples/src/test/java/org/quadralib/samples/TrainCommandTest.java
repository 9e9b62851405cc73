package org.quadralib.samples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.quadralib.checkpoint.RunLock;
import org.quadralib.io.Npy;
import org.quadralib.io.SafeTensors;
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
            "confusion.csv",
            "statistics.jsonl",
            "report.html")) {
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
    assertEquals(1797 * 64, results.path("imageBytes").asLong());
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
    Cli.Answer answer = Cli.run("evaluate --batch 32 --json --weights " + weights).ok();
    JsonNode evaluated = json(answer);
    assertEquals(
        trained.path("testAccuracy").asDouble(), evaluated.path("testAccuracy").asDouble());
    assertEquals(trained.path("testLoss").asDouble(), evaluated.path("testLoss").asDouble(), 1e-4);
    for (String number :
        List.of("/parameters", "/macs", "/imagesPerSecond", "/savedBytes/autodiff")) {
      assertTrue(evaluated.at(number).asDouble() > 0, number + " in " + evaluated);
    }
    assertEquals(trained.path("parameters"), evaluated.path("parameters"));
    assertEquals(trained.path("macs"), evaluated.path("macs"));
    assertEquals(trained.path("trainSeconds"), evaluated.path("trainSeconds"));
    assertTrue(
        evaluated.at("/savedBytes/hybrid").asLong()
            <= evaluated.at("/savedBytes/autodiff").asLong());
    assertEquals(
        evaluated.path("predictedPeakBytes").asLong(),
        evaluated.path("measuredPeakBytes").asLong());
    Path elsewhere = Files.copy(weights, folder.resolve("elsewhere.safetensors"));
    assertTrue(
        json(Cli.run("evaluate", "--weights", elsewhere.toString(), "--json").ok())
            .path("trainSeconds")
            .isNull());
    assertTrue(answer.err().contains("recall"), answer.err());
  }

  /** On data that the weights do not share with the default: other shape, classes and place. */
  @Test
  void allFilesOfARunSayWhatTheyWereTrainedOn() throws Exception {
    Path images = folder.resolve("images");
    TestImages.write(images, List.of("cat", "dog"), 20, 8);
    Path out = folder.resolve("run");
    JsonNode trained =
        json(
            train(out, "--data folder --data-dir " + images + " --batch 8 --validation 0.3 --json")
                .ok());
    for (String name : List.of("weights", "best", "last")) {
      Path file = out.resolve(name + ".safetensors");
      JsonNode evaluated = json(Cli.run("evaluate", "--weights", file.toString(), "--json").ok());
      assertEquals("folder/test", evaluated.path("data").asText(), name);
      assertEquals(trained.path("trainSeconds"), evaluated.path("trainSeconds"), name);
      if (!name.equals("last")) {
        assertEquals(
            trained.path("testLoss").asDouble(), evaluated.path("testLoss").asDouble(), 1e-5, name);
      }
      Cli.run("evaluate", "--weights", file.toString(), "--data", "digits")
          .refused(file.toString(), "trained on images of 3x8x8", "are 1x8x8");
    }
    Path moved = Files.move(images, folder.resolve("moved"));
    Path weights = out.resolve("weights.safetensors");
    Cli.run("evaluate", "--weights", weights.toString()).refused("--data-dir");
    Cli.run("evaluate", "--weights", weights.toString(), "--data-dir", moved.toString()).ok();
    Files.move(moved.resolve("cat"), moved.resolve("ant"));
    Cli.run("evaluate", "--weights", weights.toString(), "--data-dir", moved.toString())
        .refused("trained for the classes cat,dog", "has ant,dog");
  }

  @Test
  void predictionCanNormaliseAsTrainingDid() throws Exception {
    Path out = folder.resolve("run");
    train(out, "").ok();
    Path weights = out.resolve("weights.safetensors");
    Path raw = folder.resolve("raw.npy");
    Path normalised = folder.resolve("normalised.npy");
    float mean;
    float scale;
    try (SafeTensors file = SafeTensors.open(weights)) {
      mean = Float.parseFloat(file.metadata().get("normalize.mean"));
      scale = 1 / Float.parseFloat(file.metadata().get("normalize.std"));
    }
    try (TensorArena arena = TensorArena.root("test")) {
      TensorType type = new TensorType(DType.FLOAT32, Shape.of(5, 1, 8, 8));
      Tensor x = arena.allocate("x", Category.INPUT, type);
      for (long i = 0; i < x.elements(); i++) {
        x.set(i, (float) (0.5 + 0.5 * Math.sin(i)));
      }
      Npy.write(raw, x);
      for (long i = 0; i < x.elements(); i++) {
        x.set(i, ((float) x.get(i) - mean) * scale);
      }
      Npy.write(normalised, x);
    }
    float[] expected = predict(weights, normalised, "2");
    assertArrayEquals(expected, predict(weights, raw, "2", "--normalize"), 0f);
    assertFalse(java.util.Arrays.equals(expected, predict(weights, raw, "2")));
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

  private float[] predict(Path weights, Path images, String batch, String... more)
      throws Exception {
    Path logits = folder.resolve("y.npy");
    List<String> args = new ArrayList<>(List.of("predict", "--weights", weights.toString()));
    args.addAll(List.of("--input", images.toString(), "--output", logits.toString()));
    args.addAll(List.of("--batch", batch));
    args.addAll(List.of(more));
    Cli.run(args.toArray(String[]::new)).ok();
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
  void divergenceHasAnExitCodeOfItsOwn() throws Exception {
    Cli.Answer answer =
        train(folder.resolve("run"), "--optimizer sgd --lr 1e30 --schedule constant");
    assertEquals(Failures.DIVERGED, answer.exit(), answer.toString());
    assertTrue(answer.err().contains("lower rate"), answer.err());
    assertEquals("", answer.out().strip(), answer.out());
    assertFalse(answer.err().contains("\tat "), answer.err());
    JsonNode json =
        json(train(folder.resolve("json"), "--json --optimizer sgd --lr 1e30 --schedule constant"));
    assertEquals("diverged", json.path("status").asText(), json.toString());
    assertEquals(1e30, json.path("learningRate").asDouble(), 1e24);
    assertTrue(json.path("error").asText().contains("lower rate"), json.toString());
    assertTrue(json.path("step").isNumber() && json.path("epoch").isNumber(), json.toString());
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
    Cli.run("train --batch 16 --resume " + out).refused("--batch was 32, now 16");
    Cli.run("train --model qcnn --resume " + out).refused("--model was qmlp, now qcnn");
  }

  @Test
  void eachOptionThatMakesAnotherRunIsNamed() throws Exception {
    Path out = folder.resolve("run");
    train(out, "--lr 0.01").ok();
    byte[] manifest = Files.readAllBytes(out.resolve("manifest.json"));
    Cli.run("train --epochs 3 --lr 0.02 --clip 5 --resume " + out)
        .refused(
            out.toString(),
            "--epochs was 2, now 3; --lr was 0.01, now 0.02",
            "--clip was not given");
    Cli.run("train --backprop hybrid --resume " + out)
        .refused("--backprop was autodiff, now hybrid; leave it out");
    Cli.run("train --backend vector --resume " + out).refused("--backend was scalar, now vector");
    assertArrayEquals(manifest, Files.readAllBytes(out.resolve("manifest.json")));
    Cli.run("train --lr 1e-2 --epochs 2 --threads 1 --resume " + out).ok();
  }

  @Test
  void theManifestKeepsHowARunBeganAndHowItWentOn() throws Exception {
    Path out = folder.resolve("run");
    train(out, "--schedule constant --backend auto").ok();
    JsonNode first = JSON.readTree(out.resolve("manifest.json").toFile());
    Cli.run("train --epochs 3 --resume " + out).ok();
    Cli.run("train --threads 1 --resume " + out).ok();
    JsonNode last = JSON.readTree(out.resolve("manifest.json").toFile());
    for (String kept : List.of("started", "jvm", "backend", "options", "data")) {
      assertEquals(first.get(kept), last.get(kept), kept);
    }
    assertEquals(2, last.path("resumes").size(), last.toString());
    assertEquals("{\"epochs\":\"3\"}", last.at("/resumes/0/options").toString());
    assertEquals("{\"threads\":\"1\"}", last.at("/resumes/1/options").toString());
    assertTrue(last.at("/resumes/1/started").asText().compareTo(first.get("started").asText()) > 0);
    assertEquals(
        3, last.at("/results/epochs").asInt(), "the third call has the epochs of the second");
  }

  @Test
  void aFolderInUseIsRefused() throws Exception {
    Path out = folder.resolve("run");
    train(out, "").ok();
    try (RunLock lock = RunLock.acquire(out)) {
      Cli.run("train --resume " + out).refused("another run is writing into the folder " + out);
      Path fresh = Files.createDirectory(folder.resolve("fresh"));
      try (RunLock other = RunLock.acquire(fresh)) {
        train(fresh, "").refused("another run is writing into the folder " + fresh);
      }
      assertFalse(Files.exists(fresh.resolve("manifest.json")), lock.toString());
    }
    Cli.run("train --resume " + out).ok();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "lr":5                | manifest.json is damaged: option 'lr' is not a text
          "lr":null             | manifest.json is damaged: option 'lr' is not a text
          "lr":{"a":"b"}        | manifest.json is damaged: option 'lr' is not a text
          "lr":"fast"           | manifest.json: invalid value for option '--lr': 'fast' is not a number
          "optimiser":"sgd"     | manifest.json: unknown option: '--optimiser=sgd'
          """)
  void wrongValuesOfAManifestAreNamed(String entry, String sentence) throws Exception {
    Path manifest = Files.createDirectory(folder.resolve("run")).resolve("manifest.json");
    Files.writeString(manifest, "{\"options\":{" + entry + "}}");
    Cli.run("train", "--resume", folder.resolve("run").toString()).refused(sentence);
    Files.writeString(manifest, "{\"options\":[],\"x\":{" + entry + "}}");
    Cli.run("train", "--resume", folder.resolve("run").toString()).refused("holds no options");
    Files.writeString(manifest, "{\"options\":{},\"resumes\":{" + entry + "}}");
    Cli.run("train", "--resume", folder.resolve("run").toString()).refused("is not a list");
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
    byte[] flipped = bytes.clone();
    flipped[bytes.length - 1000] ^= 1;
    Files.write(last, flipped);
    Cli.run("train --resume " + out).refused("last.safetensors, the data", "checksum");
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
