package org.quadralib.samples;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.quadralib.checkpoint.RunLock;
import org.quadralib.io.AtomicFile;
import org.quadralib.io.Reasons;
import org.quadralib.metrics.ConfusionMatrix;
import org.quadralib.train.CheckpointPolicy;
import org.quadralib.train.EpochResult;
import org.quadralib.train.Scores;

/** The folder of a run and the files in it; each is replaced in one step. */
record RunFolder(Path path) {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /** A folder that does not exist yet, named after model, data and time. */
  static RunFolder fresh(String model, String data) {
    String time =
        LocalDateTime.now(ZoneId.systemDefault())
            .format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss"));
    Path runs = Path.of("runs");
    String name = model + "-" + data + "-" + time;
    Path path = runs.resolve(name);
    for (int i = 2; Files.exists(path); i++) {
      path = runs.resolve(name + "-" + i);
    }
    return new RunFolder(path);
  }

  /**
   * The folder that {@code --resume} names: itself, or by a file in it.
   *
   * @throws IllegalArgumentException if it is not the folder of a run
   */
  static RunFolder toResume(Path given) {
    RunFolder folder = new RunFolder(Files.isRegularFile(given) ? given.resolveSibling("") : given);
    if (!Files.exists(folder.manifest())) {
      throw new IllegalArgumentException(
          Files.exists(given)
              ? "%s is not a run: there is no %s".formatted(given, folder.manifest())
              : given + ": there is no such file or folder");
    }
    return folder;
  }

  /** Options, versions, data and results. */
  Path manifest() {
    return path.resolve("manifest.json");
  }

  /** The selected weights. */
  Path weights() {
    return path.resolve("weights.safetensors");
  }

  /** The page that tells what happened. */
  Path report() {
    return path.resolve("report.html");
  }

  /** Where and how often the trainer saves. */
  CheckpointPolicy checkpoints() {
    return CheckpointPolicy.in(path);
  }

  /**
   * Checks that a new run can go here.
   *
   * @throws IllegalArgumentException if it holds a run already
   */
  void requireNoRun() {
    if (Files.exists(checkpoints().last())) {
      throw new IllegalArgumentException(
          "%s holds a run already; go on with it by --resume %s, or choose another --out"
              .formatted(path, path));
    }
  }

  /** Removes the folder of a run that failed before its first checkpoint. */
  void discardIfEmpty() throws IOException {
    try (RunLock _ = RunLock.acquire(path)) {
      if (Files.exists(checkpoints().last())) {
        return;
      }
      Files.deleteIfExists(manifest());
      Files.deleteIfExists(path.resolve(RunLock.FILE));
      try (var left = Files.list(path)) {
        if (left.findAny().isEmpty()) {
          Files.delete(path);
        }
      }
    }
  }

  /**
   * Makes a folder for results other than those of a run.
   *
   * @throws IllegalArgumentException if it holds a run, or cannot be made
   */
  void create() {
    requireNoRun();
    try {
      Files.createDirectories(path);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "cannot make the folder %s (%s); choose another --out".formatted(path, Reasons.of(e)), e);
    }
  }

  /** Seconds of training behind weights that lie in the folder of their run; null if not known. */
  static JsonNode trainSeconds(Path weights) throws IOException {
    RunFolder folder = new RunFolder(weights.toAbsolutePath().resolveSibling(""));
    List<Path> own =
        List.of(folder.weights(), folder.checkpoints().best(), folder.checkpoints().last());
    if (!own.contains(weights.toAbsolutePath()) || !Files.exists(folder.manifest())) {
      return NullNode.instance;
    }
    JsonNode seconds = folder.readManifest().at("/results/trainSeconds");
    return seconds.isNumber() ? seconds : NullNode.instance;
  }

  /** Reads the manifest. */
  ObjectNode readManifest() throws IOException {
    try {
      if (JSON.readTree(manifest().toFile()) instanceof ObjectNode manifest) {
        return manifest;
      }
    } catch (com.fasterxml.jackson.core.JacksonException e) {
      throw new IllegalArgumentException(manifest() + " is damaged: " + e.getOriginalMessage(), e);
    }
    throw new IllegalArgumentException(manifest() + " is damaged: it holds no JSON object");
  }

  /** Writes the manifest. */
  void writeManifest(ObjectNode manifest) throws IOException {
    write(manifest(), JSON.writeValueAsString(manifest) + "\n");
  }

  /** Writes the results of an evaluation. */
  void writeEvaluation(ObjectNode results) throws IOException {
    write(path.resolve("evaluation.json"), JSON.writeValueAsString(results) + "\n");
  }

  /** Writes one line for each epoch. */
  void writeHistory(List<EpochResult> history) throws IOException {
    StringBuilder text = new StringBuilder();
    text.append("epoch,learning_rate,train_loss,train_accuracy,validation_loss,")
        .append("validation_accuracy,seconds,images_per_second,best\n");
    for (EpochResult epoch : history) {
      text.append(
          String.format(
              Locale.ROOT,
              "%d,%s,%s,%s,%s,%s,%.3f,%.1f,%b%n",
              epoch.epoch() + 1,
              epoch.learningRate(),
              epoch.train().loss(),
              epoch.train().accuracy(),
              epoch.validation().map(Scores::loss).map(String::valueOf).orElse(""),
              epoch.validation().map(Scores::accuracy).map(String::valueOf).orElse(""),
              epoch.seconds(),
              epoch.imagesPerSecond(),
              epoch.best()));
    }
    write(path.resolve("history.csv"), text.toString());
  }

  /** Writes the norms of gradients by epoch, layer and order. */
  void writeGradients(String csv) throws IOException {
    write(path.resolve("gradients.csv"), csv);
  }

  /** Writes how often each class, by row, was taken for each other, by column. */
  void writeConfusion(ConfusionMatrix matrix, List<String> names) throws IOException {
    StringBuilder text = new StringBuilder("actual");
    names.forEach(name -> text.append(',').append(quoted(name)));
    text.append('\n');
    for (int actual = 0; actual < names.size(); actual++) {
      text.append(quoted(names.get(actual)));
      for (int predicted = 0; predicted < names.size(); predicted++) {
        text.append(',').append(matrix.count(actual, predicted));
      }
      text.append('\n');
    }
    write(path.resolve("confusion.csv"), text.toString());
  }

  private static String quoted(String name) {
    return name.matches("[\\w .-]*") ? name : '"' + name.replace("\"", "\"\"") + '"';
  }

  private static void write(Path file, String text) throws IOException {
    AtomicFile.write(
        file, channel -> channel.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8))));
  }
}
