package org.quadralib.train;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.quadralib.layers.ParameterSpec;
import org.quadralib.layers.ParameterSpec.Order;

/**
 * Euclidean norm of the gradients of one layer's parameters of one order in a step, before
 * clipping.
 *
 * @param layer path of the layer
 */
public record GradientNorm(String layer, Order order, double norm) {
  private static final String PREFIX = "gradient.norm/";

  /** A layer and an order. */
  record Key(String layer, Order order) {
    /** Name of the output of a training graph that holds the norm. */
    String output() {
      return PREFIX + order + "/" + layer;
    }
  }

  /** Which parameters make up each norm, by their position. */
  static Map<Key, List<Integer>> groups(List<ParameterSpec> parameters) {
    // The maps of a quadratic layer belong together: their paths are one longer than the layer's.
    Set<String> quadratic = new HashSet<>();
    for (ParameterSpec spec : parameters) {
      if (spec.order() == Order.SECOND) {
        quadratic.add(parent(parent(spec.name())));
      }
    }
    Map<Key, List<Integer>> groups = new LinkedHashMap<>();
    IntStream.range(0, parameters.size())
        .forEach(
            i -> {
              ParameterSpec spec = parameters.get(i);
              String map = parent(spec.name());
              String layer =
                  map.matches("(.*\\.)?((conv|fc|bn)[1-4]|form)") && quadratic.contains(parent(map))
                      ? parent(map)
                      : map;
              groups
                  .computeIfAbsent(new Key(layer, spec.order()), key -> new java.util.ArrayList<>())
                  .add(i);
            });
    return groups;
  }

  private static String parent(String path) {
    return path.substring(0, Math.max(0, path.lastIndexOf('.')));
  }
}
