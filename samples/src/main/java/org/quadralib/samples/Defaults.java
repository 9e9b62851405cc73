package org.quadralib.samples;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How each data set is trained if nothing else is said, as options. What an optimizer needs follows
 * from the optimizer, so that choosing another one does not need three more flags.
 */
final class Defaults {
  static final String DATA = "digits";

  private Defaults() {}

  /**
   * The defaults under some options.
   *
   * @param given options that were given: {@code data} and {@code optimizer} matter
   */
  static Map<String, String> under(Map<String, String> given) {
    String data = given.getOrDefault("data", DATA);
    Map<String, String> defaults = new LinkedHashMap<>();
    defaults.put("data", data);
    defaults.putAll(ofData(data));
    Map<String, String> soFar = new LinkedHashMap<>(defaults);
    soFar.putAll(given);
    defaults.putAll(ofOptimizer(soFar.getOrDefault("optimizer", "")));
    defaults.put("label-smoothing", "0");
    defaults.put("cutout", "0");
    defaults.put("validation", "0.1");
    defaults.put("seed", "0");
    defaults.put("backprop", "autodiff");
    defaults.put("backend", "auto");
    return defaults;
  }

  private static Map<String, String> ofData(String data) {
    return switch (data) {
      case "digits" -> small(15, 32);
      case "mnist", "fashion-mnist" -> small(10, 64);
      case "folder" -> photographs("0"); // nobody knows that its images bear being shifted
      default -> photographs("4");
    };
  }

  private static Map<String, String> small(int epochs, int batch) {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("model", "qcnn");
    options.put("epochs", Integer.toString(epochs));
    options.put("batch", Integer.toString(batch));
    options.put("optimizer", "adamw");
    options.put("schedule", "one-cycle");
    options.put("flip", "false");
    options.put("crop", "0");
    return options;
  }

  private static Map<String, String> photographs(String crop) {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("model", "qresnet14");
    options.put("epochs", "30");
    options.put("batch", "128");
    options.put("optimizer", "sgd");
    options.put("schedule", "one-cycle");
    options.put("flip", "true");
    options.put("crop", crop);
    return options;
  }

  private static Map<String, String> ofOptimizer(String optimizer) {
    return switch (optimizer) {
      case "sgd" -> Map.of("lr", "0.1", "momentum", "0.9", "weight-decay", "5e-4");
      case "adamw" -> Map.of("lr", "0.01", "weight-decay", "0.01");
      case "adadelta" -> Map.of("lr", "1", "weight-decay", "0");
      default -> Map.of("lr", "0.001", "weight-decay", "0");
    };
  }
}
