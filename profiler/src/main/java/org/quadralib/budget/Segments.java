package org.quadralib.budget;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.quadralib.graph.Graph;
import org.quadralib.graph.Node;
import org.quadralib.graph.Phase;
import org.quadralib.layers.Backprop;

/**
 * A network cut before each layer that has a choice: segment {@code k} begins with the {@code k}-th
 * of them and ends before the next; segment 0 is what comes before the first. Operations of the
 * backward pass belong to the segment of the layer they are of.
 *
 * @param paths of the layers that have a choice; that of segment 0 is empty
 * @param ways that each knows
 */
record Segments(
    List<String> paths, List<List<Backprop>> ways, Map<String, Integer> segmentOfScope) {

  /**
   * Cuts a step.
   *
   * @param choices ways by path, in the order of the network
   */
  static Segments of(Graph step, Map<String, Set<Backprop>> choices) {
    List<String> paths = new ArrayList<>(List.of(""));
    List<List<Backprop>> ways = new ArrayList<>(List.of(List.of(Backprop.AUTODIFF)));
    Map<String, Integer> index = new HashMap<>();
    choices.forEach(
        (path, known) -> {
          index.put(path, paths.size());
          paths.add(path);
          ways.add(known.stream().sorted().toList());
        });
    Map<String, Integer> segmentOfScope = new HashMap<>();
    int current = 0;
    for (Node node : step.nodes()) {
      if (node.phase() == Phase.FORWARD) {
        current = Math.max(current, index.getOrDefault(node.scope(), 0));
        segmentOfScope.putIfAbsent(node.scope(), current);
      }
    }
    return new Segments(paths, ways, segmentOfScope);
  }

  int count() {
    return paths.size();
  }

  /** The segment of a node; an update's scope is that of a parameter, below that of its layer. */
  int of(Node node) {
    String scope = node.scope();
    while (!segmentOfScope.containsKey(scope) && scope.contains(".")) {
      scope = scope.substring(0, scope.lastIndexOf('.'));
    }
    return segmentOfScope.getOrDefault(scope, count() - 1);
  }

  /** The same way for all; layers that do not know it take {@link Backprop#AUTODIFF}. */
  BackpropChoice uniform(Backprop way) {
    Map<String, Backprop> layers = new java.util.LinkedHashMap<>();
    for (int k = 1; k < count(); k++) {
      layers.put(paths.get(k), ways.get(k).contains(way) ? way : Backprop.AUTODIFF);
    }
    return new BackpropChoice(layers);
  }
}
