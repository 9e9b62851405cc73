package org.quadralib.train;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

  /**
   * The layer that each parameter belongs to, both by name. The maps of a quadratic layer belong
   * together: their paths are one longer than the layer's.
   */
  public static Map<String, String> layers(List<ParameterSpec> parameters) {
    Set<String> quadratic = new HashSet<>();
    for (ParameterSpec spec : parameters) {
      if (spec.order() == Order.SECOND) {
        quadratic.add(parent(parent(spec.name())));
      }
    }
    Map<String, String> layers = new LinkedHashMap<>();
    for (ParameterSpec spec : parameters) {
      String map = parent(spec.name());
      boolean isMap =
          map.matches("(.*\\.)?((conv|fc|bn)[1-4]|form)") && quadratic.contains(parent(map));
      layers.put(spec.name(), isMap ? parent(map) : map);
    }
    return layers;
  }

  /** Which parameters make up each norm, by their position. */
  static Map<Key, List<Integer>> groups(List<ParameterSpec> parameters) {
    Map<String, String> layers = layers(parameters);
    Map<Key, List<Integer>> groups = new LinkedHashMap<>();
    for (int i = 0; i < parameters.size(); i++) {
      ParameterSpec spec = parameters.get(i);
      Key key = new Key(requireNonNull(layers.get(spec.name())), spec.order());
      groups.computeIfAbsent(key, _ -> new ArrayList<>()).add(i);
    }
    return groups;
  }

  private static String parent(String path) {
    return path.substring(0, Math.max(0, path.lastIndexOf('.')));
  }
}
