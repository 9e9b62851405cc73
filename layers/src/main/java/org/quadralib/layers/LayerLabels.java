package org.quadralib.layers;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * Names of layers for people. A path like {@code layer1.0.conv1} says what it is; one that ends in
 * a number, like {@code features.7}, is shown with its kind and the how manieth of it, {@code conv
 * 3 (features.7)}.
 */
public final class LayerLabels {
  private final Map<String, String> labels = new HashMap<>();

  private LayerLabels() {}

  /** Of the rows of a summary. */
  public static LayerLabels of(ModelSummary summary) {
    Map<String, String> operations = new LinkedHashMap<>();
    summary.rows().forEach(row -> operations.put(row.path(), row.operation()));
    return of(operations);
  }

  /**
   * Of layers by path.
   *
   * @param operations what each does, as {@link ModelSummary.Row#operation} has it, in the order of
   *     the network
   */
  public static LayerLabels of(Map<String, String> operations) {
    LayerLabels result = new LayerLabels();
    Map<String, Integer> counts = new HashMap<>();
    operations.forEach(
        (path, operation) -> {
          String kind = kind(operation);
          int number = counts.merge(kind, 1, Integer::sum);
          String last = path.substring(path.lastIndexOf('.') + 1);
          boolean isNumber = !last.isEmpty() && last.chars().allMatch(Character::isDigit);
          result.labels.put(path, isNumber ? kind + " " + number + " (" + path + ")" : path);
        });
    return result;
  }

  private static String kind(String operation) {
    String word = operation.toLowerCase(Locale.ROOT);
    if (word.contains("conv")) {
      return "conv";
    }
    if (word.contains("dense")) {
      return "dense";
    }
    if (word.contains("norm")) {
      return "norm";
    }
    if (word.contains("pool")) {
      return "pool";
    }
    return word.isEmpty() ? "layer" : word;
  }

  /**
   * The label of a parameter or of the result of an operation, whose name begins with the path of
   * its layer: {@code conv 3 (features.7), conv1.weight} of {@code features.7.conv1.weight}, {@code
   * conv 3 (features.7), Conv2d} of {@code features.7/Conv2d#12}; the name itself if it is of no
   * layer.
   */
  public String ofValue(String name) {
    int operation = name.lastIndexOf('/');
    if (operation >= 0) {
      String path = name.substring(0, operation);
      return labels.containsKey(path)
          ? of(path) + ", " + name.substring(operation + 1).replaceFirst("#\\d+$", "")
          : name;
    }
    for (int end = name.length(); end > 0; end = name.lastIndexOf('.', end - 1)) {
      String path = name.substring(0, end);
      if (labels.containsKey(path)) {
        return end == name.length() ? of(path) : of(path) + ", " + name.substring(end + 1);
      }
    }
    return name;
  }

  /** The label of a path; the path itself if the network has no such layer. */
  public String of(String path) {
    return labels.getOrDefault(path, path);
  }
}
