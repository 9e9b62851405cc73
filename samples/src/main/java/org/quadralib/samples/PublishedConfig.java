package org.quadralib.samples;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.quadralib.names.Suggestions;

/**
 * Configurations of the published QuadraLib for PyTorch, in the words of this command line. They
 * say less than they mean: their program always trains by SGD with momentum 0.9 and weight decay
 * 5e-4, a cosine schedule and gradients of a norm of at most 0.5.
 */
final class PublishedConfig {
  /** The key that every such configuration has and that no option is called. */
  static final String MARK = "architecture";

  private static final Map<String, String> RENAMED =
      Map.of(
          "dataset", "data",
          "data_path", "data-dir",
          "epoch", "epochs",
          "learning_rate", "lr",
          "batch_size", "batch",
          "momentum", "momentum",
          "weight_decay", "weight-decay",
          "seed", "seed");

  /** Models that have other names here. */
  private static final Map<String, String> MODELS =
      Map.of(
          "qvgg13", "qvgg16", // its configuration is D, with 13 convolutions
          "mobilenet13", "mobilenetv1",
          "qmobilenet13", "qmobilenetv1");

  /** What the data, the network or the machine says here. */
  private static final Set<String> IGNORED =
      Set.of(
          "num_classes",
          "input_size",
          "test_batch",
          "workers",
          "eval_freq",
          "ckpt_path",
          "ckpt_name",
          "augmentation.normalize",
          "augmentation.holes");

  private static final List<String> FLAGS = List.of("true", "yes", "on");

  private PublishedConfig() {}

  /** Whether these are the keys of such a configuration. */
  static boolean isIt(Set<String> keys) {
    return keys.contains(MARK);
  }

  /** The option that a key stands for: by its own name, or with dashes for underscores. */
  static String option(String key) {
    return RENAMED.getOrDefault(key, key.replace('_', '-'));
  }

  /**
   * Translates. Options of this command line may stand among the keys.
   *
   * @param given values by key; those of {@code augmentation} as {@code augmentation.KEY}
   * @param known names of options, without dashes before them
   * @throws IllegalArgumentException if a key is unknown, or says what cannot be had, with its line
   */
  static Map<String, ConfigFile.Entry> translate(
      Map<String, ConfigFile.Entry> given, Set<String> known) {
    Map<String, ConfigFile.Entry> options = new LinkedHashMap<>();
    Map<String, ConfigFile.Entry> said = new LinkedHashMap<>();
    String usual = TrainingSetup.needed(given.get(MARK)).place();
    Map.of(
            "optimizer", "sgd",
            "momentum", "0.9",
            "weight-decay", "5e-4",
            "schedule", "cosine",
            "clip", "0.5",
            "crop", "0",
            "flip", "false")
        .forEach((name, value) -> options.put(name, new ConfigFile.Entry(value, usual)));
    String length = "0";
    boolean cutout = false;
    for (Map.Entry<String, ConfigFile.Entry> entry : given.entrySet()) {
      ConfigFile.Entry value = entry.getValue();
      switch (entry.getKey()) {
        case MARK ->
            said.put("model", value.with(MODELS.getOrDefault(value.value(), value.value())));
        case "augmentation.random_crop" -> said.put("crop", value.with(isOn(value) ? "4" : "0"));
        case "augmentation.random_horizontal_filp", "augmentation.random_horizontal_flip" ->
            said.put("flip", value.with(String.valueOf(isOn(value))));
        case "augmentation.cutout" -> cutout = isOn(value);
        case "augmentation.length" -> length = value.value();
        case "final_learning_rate" -> requireThousandth(given, value);
        default -> {
          String name = known.contains(entry.getKey()) ? entry.getKey() : option(entry.getKey());
          if (known.contains(name)) {
            ConfigFile.putOnce(said, name, entry.getKey(), value);
          } else if (!IGNORED.contains(entry.getKey())) {
            throw new IllegalArgumentException(
                "%s: there is no key '%s' in configurations with '%s'%s"
                    .formatted(
                        value.place(),
                        entry.getKey(),
                        MARK,
                        Suggestions.didYouMean(entry.getKey(), RENAMED.keySet())));
          }
        }
      }
    }
    if (cutout) {
      ConfigFile.putOnce(said, "cutout", "augmentation", new ConfigFile.Entry(length, usual));
    }
    options.putAll(said);
    return options;
  }

  private static boolean isOn(ConfigFile.Entry entry) {
    String value = entry.value().toLowerCase(java.util.Locale.ROOT);
    if (!FLAGS.contains(value) && !List.of("false", "no", "off").contains(value)) {
      throw new IllegalArgumentException(
          "%s: '%s' is neither true nor false".formatted(entry.place(), entry.value()));
    }
    return FLAGS.contains(value);
  }

  /** The cosine schedule ends at a thousandth of its start, as all published ones do. */
  private static void requireThousandth(
      Map<String, ConfigFile.Entry> given, ConfigFile.Entry last) {
    try {
      ConfigFile.Entry first = given.get("learning_rate");
      double ratio =
          first == null
              ? 1e-3
              : Double.parseDouble(last.value()) / Double.parseDouble(first.value());
      if (Math.abs(ratio - 1e-3) > 1e-6) {
        throw new IllegalArgumentException(
            "%s: the cosine schedule ends at a thousandth of learning_rate, not at %s; leave out final_learning_rate"
                .formatted(last.place(), last.value()));
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "%s: '%s' is no number".formatted(last.place(), last.value()), e);
    }
  }
}
