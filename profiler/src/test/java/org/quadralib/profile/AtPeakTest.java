package org.quadralib.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.quadralib.graph.Phase;
import org.quadralib.layers.LayerLabels;
import org.quadralib.layers.ModelSummary;
import org.quadralib.layers.QuadraticConv2d;
import org.quadralib.layers.Sequential;
import org.quadralib.memory.Category;
import org.quadralib.tensor.Shape;

class AtPeakTest {
  private static final LayerLabels LABELS =
      LayerLabels.of(
          ModelSummary.of(
              Sequential.of(new QuadraticConv2d(2, 3), new QuadraticConv2d(2, 3)),
              Shape.of(1, 8, 8)));

  private static Timeline.Live live(String name, int size, Category category) {
    return new Timeline.Live(name, Shape.of(size), category, 4L * size, 1, 2);
  }

  @Test
  void whatIsAlikeIsOneRowAndNothingIsLost() {
    Map<Category, Long> bytes = new EnumMap<>(Category.class);
    bytes.put(Category.ACTIVATION, 400L + 2 * 240);
    bytes.put(Category.PARAMETER, 20L);
    bytes.put(Category.OUTPUT, 0L);
    Timeline timeline =
        new Timeline(
            List.of(new Timeline.Moment(1, "Conv2d", "a", Phase.FORWARD, bytes)),
            0,
            List.of(
                live("0/Conv2d#1", 100, Category.ACTIVATION),
                live("1/Conv2d#2", 60, Category.ACTIVATION),
                live("1/Conv2d#3", 60, Category.ACTIVATION),
                live("loss/weight", 5, Category.PARAMETER)),
            0);
    List<AtPeak> rows = AtPeak.of(timeline, LABELS);
    assertEquals(List.of(480L, 400L, 20L), rows.stream().map(AtPeak::bytes).toList());
    assertEquals(List.of(2, 1, 1), rows.stream().map(AtPeak::count).toList());
    assertEquals("conv 2 (1), Conv2d (2 times)", rows.getFirst().name());
    assertEquals("activations 880 B, parameters 20 B", AtPeak.byCategory(timeline));
  }
}
