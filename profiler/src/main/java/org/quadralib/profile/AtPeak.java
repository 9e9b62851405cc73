package org.quadralib.profile;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.quadralib.layers.LayerLabels;
import org.quadralib.memory.Bytes;
import org.quadralib.memory.Category;
import org.quadralib.tensor.Shape;

/**
 * What is alive when most is, for people: values that only differ in their number are one row.
 *
 * @param value what it is called
 * @param shape of each; null for scratch memory
 * @param bytes of all together
 */
public record AtPeak(
    String value, Category category, @Nullable Shape shape, int count, long bytes) {

  /** All rows, the largest first. */
  public static List<AtPeak> of(Timeline timeline, LayerLabels labels) {
    record Key(String value, Category category, @Nullable Shape shape) {}
    Map<Key, List<Timeline.Live>> alike = new LinkedHashMap<>();
    for (Timeline.Live live : timeline.atPeak()) {
      Key key = new Key(labels.ofValue(live.name()), live.category(), live.shape());
      alike.computeIfAbsent(key, _ -> new ArrayList<>()).add(live);
    }
    return alike.entrySet().stream()
        .map(
            entry ->
                new AtPeak(
                    entry.getKey().value(),
                    entry.getKey().category(),
                    entry.getKey().shape(),
                    entry.getValue().size(),
                    entry.getValue().stream().mapToLong(Timeline.Live::bytes).sum()))
        .sorted(Comparator.comparingLong(AtPeak::bytes).reversed())
        .toList();
  }

  /** Live bytes at the peak by category, the most first, as text. */
  public static String byCategory(Timeline timeline) {
    return timeline.moments().get(timeline.peak()).live().entrySet().stream()
        .filter(entry -> entry.getValue() > 0)
        .sorted(Map.Entry.<Category, Long>comparingByValue().reversed())
        .map(entry -> name(entry.getKey()) + " " + Bytes.format(entry.getValue()))
        .collect(Collectors.joining(", "));
  }

  /** The value, and how many of it there are. */
  public String name() {
    return count == 1 ? value : "%s (%d times)".formatted(value, count);
  }

  /** What a category is called in a sentence. */
  static String name(Category category) {
    return switch (category) {
      case PARAMETER -> "parameters";
      case OPTIMIZER -> "optimizer";
      case ACTIVATION -> "activations";
      case GRADIENT -> "gradients";
      case WORKSPACE, INPUT, OUTPUT -> category.name().toLowerCase(Locale.ROOT);
    };
  }
}
