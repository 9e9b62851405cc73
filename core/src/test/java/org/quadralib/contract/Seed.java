package org.quadralib.contract;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.quadralib.graph.Graph;
import org.quadralib.graph.Value;

/**
 * Where test inputs come from. Each run of the suite draws fresh ones; a failure names the seed,
 * and {@code -Dquadralib.test.seed=…} repeats it.
 */
final class Seed {
  private static final String PROPERTY = "quadralib.test.seed";
  private static final long RUN = Long.getLong(PROPERTY, System.nanoTime());

  private Seed() {}

  /** A generator that depends on the seed of this run and on what it is for. */
  static Random random(String purpose) {
    return new Random(RUN * 31 + purpose.hashCode());
  }

  /** Contents of all inputs and states of a traced case, by name. */
  static Map<String, float[]> feeds(ContractCase contractCase, CaseGraph.Traced traced) {
    Map<String, float[]> feeds = new HashMap<>();
    Graph graph = traced.graph();
    traced
        .feeds()
        .forEach(
            (name, values) -> {
              int count = Math.toIntExact(find(graph, name).shape().elements());
              feeds.put(name, values.draw(random(contractCase.title() + name), count));
            });
    return feeds;
  }

  /** How to repeat this run. */
  static String hint() {
    return "repeat with -D" + PROPERTY + "=" + RUN;
  }

  private static Value find(Graph graph, String name) {
    return java.util.stream.Stream.concat(graph.inputs().stream(), graph.states().stream())
        .filter(value -> value.name().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
