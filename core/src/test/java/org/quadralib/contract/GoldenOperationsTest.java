package org.quadralib.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.quadralib.golden.Golden;

/** Nothing in the file of golden operations goes unused. */
class GoldenOperationsTest {
  @Test
  void everyResultOfEveryEntryIsCompared() {
    Set<String> compared = new TreeSet<>();
    GoldenOperations.all()
        .forEach(
            (name, recipe) -> {
              String entry = GoldenOperations.entry(name);
              GoldenGraph graph = GoldenOperations.graph(name);
              recipe.accept(graph);
              graph.results().forEach(result -> compared.add(entry + "." + result));
            });
    Set<String> expected = new TreeSet<>(Golden.open("ops").keySet());
    expected.removeIf(name -> !name.contains(".y"));
    assertEquals(expected, compared);
  }
}
