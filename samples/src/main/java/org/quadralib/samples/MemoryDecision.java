package org.quadralib.samples;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quadralib.budget.BackpropChoice;
import org.quadralib.budget.LargestBatch;
import org.quadralib.budget.LayerCosts;
import org.quadralib.budget.QuadraticOptimizer;
import org.quadralib.budget.Steps;
import org.quadralib.layers.Backprop;
import org.quadralib.memory.Bytes;

/**
 * What {@code --backprop}, {@code --batch} and {@code --memory} come to.
 *
 * @param batch images in a step
 * @param choice a way of back-propagation for each layer
 * @param explanation what was chosen and why, for people; empty if nothing was
 */
public record MemoryDecision(int batch, BackpropChoice choice, String explanation) {
  /** Where a manifest has it. */
  static final String KEY = "budget";

  /**
   * Decides.
   *
   * @param memory null for no limit
   * @param most no batch is larger than this
   * @throws IllegalArgumentException if nothing fits, saying the least that would, or the options
   *     do not go together
   */
  public static MemoryDecision make(
      Steps steps, BackpropMode mode, BatchSize batch, @Nullable MemorySize memory, int most) {
    if (memory == null) {
      if (mode.isAuto() || batch.isMax()) {
        throw new IllegalArgumentException(
            "%s needs a budget; add --memory SIZE, for instance --memory 256MiB"
                .formatted(mode.isAuto() ? "--backprop auto" : "--batch max"));
      }
      return new MemoryDecision(
          batch.images().orElseThrow(), steps.uniform(mode.way().orElseThrow()), "");
    }
    long budget = memory.bytes();
    int images =
        batch.isMax()
            ? LargestBatch.of(steps, mode.way().orElse(Backprop.BLOCK), budget, most)
            : batch.images().orElseThrow();
    if (images < 1) {
      throw new IllegalArgumentException("the batch size must be at least 1, but is " + images);
    }
    String size = batch.isMax() ? "the largest batch is %d%n".formatted(images) : "";
    if (mode.way().isPresent()) {
      BackpropChoice choice = steps.uniform(mode.way().get());
      requireFits(steps.peakBytes(images, choice), images, mode, memory);
      return new MemoryDecision(images, choice, size);
    }
    QuadraticOptimizer.requirePossible(steps, images, budget); // measuring takes a while
    QuadraticOptimizer optimizer =
        new QuadraticOptimizer(steps, images, LayerCosts.measure(steps, images, budget));
    QuadraticOptimizer.Chosen chosen = optimizer.within(budget);
    return new MemoryDecision(images, chosen.choice(), size + explain(optimizer, chosen, memory));
  }

  private static void requireFits(long needed, int batch, BackpropMode mode, MemorySize memory) {
    if (needed > memory.bytes()) {
      throw new IllegalArgumentException(
          "a training step with a batch of %d and --backprop %s needs %s, more than the %s of --memory; take --backprop auto or a smaller batch"
              .formatted(batch, mode, Bytes.exact(needed), Bytes.exact(memory.bytes())));
    }
  }

  private static String explain(
      QuadraticOptimizer optimizer, QuadraticOptimizer.Chosen chosen, MemorySize memory) {
    QuadraticOptimizer.Chosen free = optimizer.within(Long.MAX_VALUE);
    return String.format(
        Locale.ROOT,
        "back-propagation within %s: %s%n"
            + "  planned peak %s, predicted %.1f ms a step; without a limit %s and %.1f ms;%n"
            + "  no choice that fits is predicted to take less than %.1f ms%n",
        memory,
        chosen.choice(),
        Bytes.format(chosen.peakBytes()),
        chosen.nanos() / 1e6,
        Bytes.format(free.peakBytes()),
        free.nanos() / 1e6,
        chosen.leastNanos() / 1e6);
  }

  /** Writes it down, for {@link #recorded}. */
  void record(ObjectNode manifest) {
    ObjectNode node = manifest.putObject(KEY);
    node.put("batch", batch);
    ObjectNode layers = node.putObject("backprop");
    choice.layers().forEach((path, way) -> layers.put(path, EnumNames.of(way)));
  }

  /**
   * What a run decided when it began: one that goes on must not measure and decide anew.
   *
   * @throws IllegalArgumentException if the manifest does not have it
   */
  static MemoryDecision recorded(RunFolder folder, ObjectNode manifest) {
    JsonNode node = manifest.path(KEY);
    Map<String, Backprop> layers = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> layer : node.path("backprop").properties()) {
      layers.put(layer.getKey(), EnumNames.parse(Backprop.class, layer.getValue().asText()));
    }
    if (node.path("batch").asInt() < 1 || layers.isEmpty()) {
      throw new IllegalArgumentException(
          "%s is damaged: it does not say what was chosen for the budget; start a new run"
              .formatted(folder.manifest()));
    }
    return new MemoryDecision(node.path("batch").asInt(), new BackpropChoice(layers), "");
  }
}
