package org.quadralib.profile;

import java.util.ArrayList;
import java.util.List;
import org.quadralib.chart.Axis;
import org.quadralib.chart.Chart;
import org.quadralib.chart.Series;
import org.quadralib.graph.Phase;
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
      series.add(new Series(AtPeak.name(category), at, bytes));
    }
    return Chart.lines(
            "Memory in use over one step", Axis.count("operation"), Axis.bytes("bytes"), series)
        .kind(Chart.Kind.STACKED_AREAS);
  }

  /** Where in the chart the forward pass ends, in a sentence. */
  public static String phases(Timeline timeline) {
    int forward =
        timeline.moments().stream()
            .filter(moment -> moment.phase() == Phase.FORWARD)
            .mapToInt(Timeline.Moment::position)
            .max()
            .orElse(0);
    return ("Each operation of the step in its order, from left to right: up to %d the forward"
            + " pass, then the backward pass and the updates of weights.")
        .formatted(forward);
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
    List<AtPeak> alive = AtPeak.of(timeline, labels);
    int shown = Math.min(most, alive.size());
    for (AtPeak row : alive.subList(0, shown)) {
      table.row(
          row.name(),
          AtPeak.name(row.category()),
          row.shape() == null ? "" : row.shape(),
          Bytes.format(row.bytes()));
    }
    if (shown < alive.size()) {
      long rest = alive.stream().skip(shown).mapToLong(AtPeak::bytes).sum();
      table.row("the other " + (alive.size() - shown), "", "", Bytes.format(rest));
    }
    return table;
  }
}
