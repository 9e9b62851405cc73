package org.quadralib.profile;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.quadralib.chart.Axis;
import org.quadralib.chart.Chart;
import org.quadralib.chart.Series;
import org.quadralib.html.HtmlTable;
import org.quadralib.layers.LayerLabels;
import org.quadralib.memory.Bytes;
import org.quadralib.memory.Category;

/** Live bytes over one planned step as part of a page. */
public final class MemoryTimeline {
  /**
   * Columns of the chart; of the operations that share a column, the one that holds most counts.
   */
  private static final int COLUMNS = 160;

  private MemoryTimeline() {}

  /** Categories above each other, those that stay at the bottom. */
  public static Chart chart(Timeline timeline) {
    List<Timeline.Moment> moments = sampled(timeline.moments());
    double[] at = moments.stream().mapToDouble(Timeline.Moment::position).toArray();
    List<Series> series = new ArrayList<>();
    for (Category category :
        List.of(
            Category.PARAMETER,
            Category.OPTIMIZER,
            Category.ACTIVATION,
            Category.GRADIENT,
            Category.INPUT,
            Category.WORKSPACE,
            Category.OUTPUT)) {
      double[] bytes =
          moments.stream().mapToDouble(m -> m.live().getOrDefault(category, 0L)).toArray();
      series.add(new Series(name(category), at, bytes));
    }
    return Chart.lines(
            "Memory in use over one step", Axis.count("operation"), Axis.bytes("bytes"), series)
        .kind(Chart.Kind.STACKED_AREAS);
  }

  private static List<Timeline.Moment> sampled(List<Timeline.Moment> moments) {
    int columns = Math.min(COLUMNS, moments.size());
    List<Timeline.Moment> sampled = new ArrayList<>();
    for (int column = 0; column < columns; column++) {
      int from = column * moments.size() / columns;
      int to = (column + 1) * moments.size() / columns;
      Timeline.Moment fullest = moments.get(from);
      for (Timeline.Moment moment : moments.subList(from, to)) {
        fullest = moment.liveBytes() > fullest.liveBytes() ? moment : fullest;
      }
      sampled.add(fullest);
    }
    return sampled;
  }

  /** The largest of what is alive when most is, and the rest in one row. */
  public static HtmlTable largest(Timeline timeline, LayerLabels labels, int most) {
    HtmlTable table =
        new HtmlTable().text("value").text("what it is").text("shape").number("bytes");
    List<Timeline.Live> alive = timeline.atPeak();
    int shown = Math.min(most, alive.size());
    for (Timeline.Live live : alive.subList(0, shown)) {
      table.row(
          labels.ofValue(live.name()),
          name(live.category()),
          live.shape() == null ? "" : live.shape(),
          Bytes.format(live.bytes()));
    }
    if (shown < alive.size()) {
      long rest = alive.stream().skip(shown).mapToLong(Timeline.Live::bytes).sum();
      table.row("the other " + (alive.size() - shown), "", "", Bytes.format(rest));
    }
    return table;
  }

  private static String name(Category category) {
    return switch (category) {
      case PARAMETER -> "parameters";
      case OPTIMIZER -> "optimizer";
      case ACTIVATION -> "activations";
      case GRADIENT -> "gradients";
      case WORKSPACE, INPUT, OUTPUT -> category.name().toLowerCase(Locale.ROOT);
    };
  }
}
