package org.quadralib.tensorboard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.quadralib.data.ImageShape;
import org.quadralib.data.InMemoryDataset;

class ClassSpreadTest {
  @Test
  void eachClassInTurnHoweverTheyAreOrdered() {
    assertEquals(List.of(0, 3, 5, 1, 4), ClassSpread.of(labelled(3, 0, 0, 0, 1, 1, 2), 5));
  }

  @Test
  void classesAtEqualDistancesWhereThereAreMore() {
    int[] labels = IntStream.range(0, 100).map(i -> i / 2).toArray();
    assertEquals(List.of(0, 24, 50, 74), ClassSpread.of(labelled(50, labels), 4));
  }

  @Test
  void allOfThemWhereThereAreFew() {
    assertEquals(List.of(1, 0), ClassSpread.of(labelled(3, 2, 0), 16));
  }

  private static InMemoryDataset labelled(int classes, int... labels) {
    String[] names = IntStream.range(0, classes).mapToObj(i -> "class " + i).toArray(String[]::new);
    return InMemoryDataset.of(
        "labels", new ImageShape(1, 1, 1), Arrays.asList(names), new byte[labels.length], labels);
  }
}
