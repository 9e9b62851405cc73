package org.quadralib.report;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.quadralib.chart.Axis;
import org.quadralib.chart.Chart;
import org.quadralib.chart.Series;
import org.quadralib.memory.Category;
import org.quadralib.plan.Buffer;
import org.quadralib.plan.Plan;

/** Live bytes by category over one planned step, as a chart. */
final class MemoryTimeline {
  /**
   * Columns of the chart; of the operations that share a column, the one that holds most counts.
   */
  private static final int COLUMNS = 160;

  private MemoryTimeline() {}

  static Chart chart(Plan plan) {
    int end = plan.graph().nodes().size();
    int columns = Math.min(COLUMNS, end + 1);
    double[] at = new double[columns];
    Map<Category, double[]> bytes = new EnumMap<>(Category.class);
    for (Category category : Category.values()) {
      bytes.put(category, new double[columns]);
    }
    for (int column = 0; column < columns; column++) {
      int position =
          fullest(plan, column * (end + 1) / columns, (column + 1) * (end + 1) / columns);
      at[column] = position;
      for (Buffer buffer : plan.buffers()) {
        if (buffer.isLiveAt(position)) {
          bytes.get(buffer.category())[column] += buffer.bytes();
        }
      }
      for (Category state : List.of(Category.PARAMETER, Category.OPTIMIZER)) {
        bytes.get(state)[column] += plan.stateBytes(state);
      }
      bytes.get(Category.WORKSPACE)[column] += plan.panelBytes();
    }
    List<Series> series = new ArrayList<>();
    for (Category category :
        List.of(
            Category.PARAMETER,
            Category.OPTIMIZER,
            Category.ACTIVATION,
            Category.GRADIENT,
            Category.WORKSPACE)) {
      series.add(new Series(name(category), at, bytes.get(category)));
    }
    double[] rest = bytes.get(Category.INPUT);
    for (int i = 0; i < columns; i++) {
      rest[i] += bytes.get(Category.OUTPUT)[i];
    }
    series.add(new Series("input and output", at, rest));
    return Chart.lines(
            "Memory in use over one step", Axis.count("operation"), Axis.bytes("bytes"), series)
        .kind(Chart.Kind.STACKED_AREAS);
  }

  private static int fullest(Plan plan, int from, int to) {
    int fullest = from;
    long most = -1;
    for (int position = from; position < Math.max(from + 1, to); position++) {
      long live = plan.liveBytes(position);
      if (live > most) {
        most = live;
        fullest = position;
      }
    }
    return fullest;
  }

  private static String name(Category category) {
    return switch (category) {
      case PARAMETER -> "parameters";
      case OPTIMIZER -> "optimizer";
      case ACTIVATION -> "activations";
      case GRADIENT -> "gradients";
      case WORKSPACE -> "workspace";
      case INPUT, OUTPUT -> category.name().toLowerCase(Locale.ROOT);
    };
  }
}
