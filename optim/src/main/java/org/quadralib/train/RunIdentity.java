package org.quadralib.train;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.quadralib.backend.Backend;
import org.quadralib.checkpoint.CheckpointMismatchException;
import org.quadralib.data.DataSplits;
import org.quadralib.data.Dataset;
import org.quadralib.layers.Backprop;
import org.quadralib.layers.Mode;
import org.quadralib.layers.Model;
import org.quadralib.optim.Schedule;

/**
 * What must be the same for a run to go on as if it had never stopped, as text by topic. The number
 * of epochs is not part of it, but a schedule may depend on it.
 */
record RunIdentity(Map<String, String> topics) {
  private static final String PREFIX = "run.";

  static RunIdentity of(
      Model model, Backend backend, TrainingConfig config, Schedule schedule, DataSplits data) {
    Recipe recipe = config.recipe();
    Map<String, String> topics = new LinkedHashMap<>();
    topics.put("model", config.modelName());
    topics.put("number of parameters", Long.toString(model.parameterCount()));
    topics.put("example shape", model.example().toString());
    topics.put("classes", String.join(",", data.train().classNames()));
    topics.put("training data", text(data.train()));
    topics.put("validation data", data.hasValidation() ? text(data.validation()) : "none");
    topics.put("batch size", Integer.toString(config.batchSize()));
    topics.put("seed", Long.toString(config.seed()));
    topics.put("loss", text(recipe.loss()));
    topics.put("optimizer", text(recipe.optimizer()));
    topics.put("parameter groups", text(recipe.groups()));
    topics.put("clipping", text(recipe.clipping()));
    topics.put("schedule", text(schedule));
    topics.put("training transforms", text(config.trainTransforms()));
    topics.put("evaluation transforms", text(config.evaluationTransforms()));
    // These change no more than rounding, but a resumed run promises the same bits.
    topics.put("backend", backend.arithmetic());
    topics.put("back-propagation", backprop(model, recipe, config.batchSize()));
    return new RunIdentity(topics);
  }

  /** The choice for each quadratic layer that leaves it to the run; one word if all are alike. */
  private static String backprop(Model model, Recipe recipe, int batch) {
    Map<Backprop, List<String>> paths = new EnumMap<>(Backprop.class);
    model.trace(
        batch,
        Mode.TRAIN,
        path -> {
          Backprop choice = recipe.backprop().apply(path);
          paths.computeIfAbsent(choice, key -> new ArrayList<>()).add(path);
          return choice;
        });
    return paths.entrySet().stream()
        .map(
            entry ->
                entry.getKey().name().toLowerCase(Locale.ROOT)
                    + (paths.size() > 1 ? " for " + String.join(", ", entry.getValue()) : ""))
        .collect(Collectors.joining("; "));
  }

  private static String text(Dataset data) {
    return "%s with %d examples, checksum %s".formatted(data.name(), data.size(), data.checksum());
  }

  /** Records say what they are; of a lambda nothing can be known, so all are taken as equal. */
  private static String text(Object part) {
    return part.toString().replaceAll("[\\w.$]*\\$\\$Lambda\\S*", "custom");
  }

  Map<String, String> toMetadata() {
    Map<String, String> metadata = new LinkedHashMap<>();
    topics.forEach((topic, value) -> metadata.put(PREFIX + topic, value));
    return metadata;
  }

  /**
   * Compares with what a checkpoint says.
   *
   * @throws CheckpointMismatchException listing the differences
   */
  void require(Path file, Map<String, String> metadata) {
    List<String> differences = new ArrayList<>();
    topics.forEach(
        (topic, here) -> {
          String there = metadata.get(PREFIX + topic);
          if (!here.equals(there)) {
            differences.add(
                "its %s is %s, here %s"
                    .formatted(topic, there == null ? "not recorded" : there, here));
          }
        });
    if (!differences.isEmpty()) {
      throw new CheckpointMismatchException(file, differences);
    }
  }
}
