package org.quadralib.budget;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.quadralib.layers.Backprop;

/**
 * A way of back-propagation for each layer that leaves it to the run. Give it to {@link
 * org.quadralib.train.Recipe#backprop(Function)}.
 *
 * @param layers by path, in the order of the network; others take {@link Backprop#AUTODIFF}
 */
public record BackpropChoice(Map<String, Backprop> layers) implements Function<String, Backprop> {
  /** Copies the map, keeping its order. */
  public BackpropChoice {
    layers = Collections.unmodifiableMap(new LinkedHashMap<>(layers));
  }

  @Override
  public Backprop apply(String path) {
    return layers.getOrDefault(path, Backprop.AUTODIFF);
  }

  /** The layers of each way, for people. */
  @Override
  public String toString() {
    Map<Backprop, List<String>> byWay = new LinkedHashMap<>();
    for (Backprop way : Backprop.values()) {
      byWay.put(way, new ArrayList<>());
    }
    layers.forEach((path, way) -> byWay.computeIfAbsent(way, _ -> new ArrayList<>()).add(path));
    StringBuilder text = new StringBuilder();
    byWay.forEach(
        (way, paths) -> {
          if (!paths.isEmpty()) {
            text.append(text.isEmpty() ? "" : "; ");
            text.append(way.name().toLowerCase(Locale.ROOT)).append(" for ");
            text.append(String.join(", ", paths));
          }
        });
    return text.isEmpty() ? "nothing to choose" : text.toString();
  }
}
