package org.quadralib.samples;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.quadralib.layers.ModelSummary;
import org.quadralib.memory.Bytes;
import org.quadralib.profile.MemoryReport;
import org.quadralib.train.DivergenceException;
import org.quadralib.train.EpochResult;
import org.quadralib.train.Scores;
import org.quadralib.train.TrainingResult;

/**
 * What a training run came to, for people and for programs.
 *
 * @param memory of a training step, planned
 * @param predictedPeakBytes by the plans, before the first step
 * @param measuredPeakBytes held at most by the arenas
 * @param highestResidentGrowthBytes by how much the process grew at most since it was idle; empty
 *     where the operating system does not say
 * @param imageBytes of the data set, which is held in memory and part of what was planned
 * @param report the page that tells of it; null if there is none
 * @param totalSeconds with validation, test and checkpoints; of this process
 */
record Outcome(
    TrainOptions options,
    TrainingResult result,
    ModelSummary summary,
    MemoryReport memory,
    long predictedPeakBytes,
    long measuredPeakBytes,
    OptionalLong highestResidentGrowthBytes,
    long imageBytes,
    @Nullable Path report,
    double totalSeconds,
    RunFolder folder) {
  /** Why a loss may be no number. */
  static final String OVERFLOW =
      "The loss is no number: on some images activations exceed float32. Each quadratic layer"
          + " squares what lies beyond the values it was trained on; more training or a lower"
          + " learning rate helps.";

  /** Whether the run was stopped and can be resumed. */
  boolean isInterrupted() {
    return result.status() == TrainingResult.Status.INTERRUPTED;
  }

  private double trainSeconds() {
    return result.trainSeconds();
  }

  private double imagesPerSecond() {
    // Every step has a whole batch.
    long images = result.steps() * batch(options);
    return images == 0 ? 0 : images / trainSeconds();
  }

  private Optional<EpochResult> selected() {
    return result.best().or(result::last);
  }

  private @Nullable Scores train() {
    return selected().map(EpochResult::train).orElse(null);
  }

  private @Nullable Scores validation() {
    return selected().flatMap(EpochResult::validation).orElse(null);
  }

  private @Nullable Scores test() {
    return result.test().map(evaluation -> evaluation.scores()).orElse(null);
  }

  /** One object; names are part of the command line's contract. */
  ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("model", options.source.model);
    json.put("data", options.source.data);
    json.put("status", result.status().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    json.put("epochs", result.history().size());
    json.put("steps", result.steps());
    json.put("batch", batch(options));
    json.put("seed", options.learning.seed);
    put(json, "testAccuracy", test(), Scores::accuracy);
    put(json, "validationAccuracy", validation(), Scores::accuracy);
    put(json, "trainAccuracy", train(), Scores::accuracy);
    put(json, "loss", train(), Scores::loss);
    put(json, "validationLoss", validation(), Scores::loss);
    put(json, "testLoss", test(), Scores::loss);
    json.put("trainSeconds", trainSeconds());
    json.put("totalSeconds", totalSeconds);
    json.put("imagesPerSecond", imagesPerSecond());
    json.put("parameters", summary.parameters());
    json.put("macs", summary.macs());
    ObjectNode saved = json.putObject("savedBytes");
    saved.put("autodiff", memory.autodiff().savedBytes());
    saved.put("hybrid", memory.hybrid().savedBytes());
    saved.put("block", memory.block().savedBytes());
    json.put("predictedPeakBytes", predictedPeakBytes);
    json.put("measuredPeakBytes", measuredPeakBytes);
    highestResidentGrowthBytes.ifPresent(bytes -> json.put("highestResidentGrowthBytes", bytes));
    json.put("imageBytes", imageBytes);
    json.put("report", report == null ? null : report.toString());
    json.put("out", folder.path().toString());
    return json;
  }

  private static int batch(TrainOptions options) {
    return TrainingSetup.needed(options.learning.batch).images().orElse(0);
  }

  /** The object for a run that has no results. */
  static ObjectNode diverged(TrainOptions options, DivergenceException e, RunFolder folder) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("model", options.source.model);
    json.put("data", options.source.data);
    json.put("status", "diverged");
    json.put("error", e.getMessage());
    json.put("epoch", e.epoch());
    json.put("step", e.step());
    json.put("learningRate", e.learningRate());
    json.put("batch", batch(options));
    json.put("seed", options.learning.seed);
    json.put("out", folder.path().toString());
    return json;
  }

  private static void put(
      ObjectNode json, String name, @Nullable Scores scores, Function<Scores, Double> value) {
    // NaN and infinity are no JSON.
    if (scores == null || !Double.isFinite(value.apply(scores))) {
      json.putNull(name);
    } else {
      json.put(name, value.apply(scores));
    }
  }

  private static boolean overflows(@Nullable Scores scores) {
    return scores != null && !Double.isFinite(scores.loss());
  }

  /** A table to read. */
  String table() {
    StringBuilder table = new StringBuilder();
    line(table, "", "train", "validation", "test");
    line(table, "accuracy", percent(train()), percent(validation()), percent(test()));
    line(table, "loss", loss(train()), loss(validation()), loss(test()));
    if (overflows(validation()) || overflows(test())) {
      table.append(OVERFLOW).append('\n');
    }
    table.append('\n');
    row(table, "training time", "%.1f s, %,.0f images/s", trainSeconds(), imagesPerSecond());
    row(table, "time in all", "%.1f s", totalSeconds);
    row(table, "parameters", "%,d", summary.parameters());
    row(table, "MACs per image", "%,d", summary.macs());
    row(
        table,
        "kept for backward",
        "%s autodiff, %s hybrid, %s block",
        Bytes.format(memory.autodiff().savedBytes()),
        Bytes.format(memory.hybrid().savedBytes()),
        Bytes.format(memory.block().savedBytes()));
    row(
        table,
        "peak memory",
        "%,d bytes predicted, %,d measured; images are %s of them",
        predictedPeakBytes,
        measuredPeakBytes,
        Bytes.format(imageBytes));
    highestResidentGrowthBytes.ifPresent(
        bytes ->
            row(
                table,
                "the process",
                "grew by %s at most: %s planned, the rest is the JVM's",
                Bytes.format(bytes),
                Bytes.format(predictedPeakBytes)));
    row(table, "results in", "%s", folder.path());
    if (report != null) {
      row(table, "report", "%s", report);
    }
    return table.toString();
  }

  private static void line(StringBuilder table, String what, Object... columns) {
    table.append(String.format(Locale.ROOT, "%-18s", what));
    for (Object column : columns) {
      table.append(String.format(Locale.ROOT, " %10s", column));
    }
    table.append('\n');
  }

  private static void row(StringBuilder table, String what, String format, Object... values) {
    table.append(String.format(Locale.ROOT, "%-18s ", what));
    table.append(String.format(Locale.ROOT, format, values)).append('\n');
  }

  private static String percent(@Nullable Scores scores) {
    return scores == null ? "-" : String.format(Locale.ROOT, "%.2f%%", 100 * scores.accuracy());
  }

  private static String loss(@Nullable Scores scores) {
    return scores == null ? "-" : String.format(Locale.ROOT, "%.4f", scores.loss());
  }
}
