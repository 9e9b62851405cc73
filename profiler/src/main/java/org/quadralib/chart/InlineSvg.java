package org.quadralib.chart;

import static org.quadralib.html.HtmlPage.escape;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * Charts as part of a page, for {@link org.quadralib.html.HtmlPage}'s style: they take its colours,
 * so they are light or dark with it, and its font. A chart is a few kilobytes and drawn in less
 * than a millisecond, without a font or a screen, so that every training can afford a report; the
 * charting library behind {@link Pictures} needs a second to start and writes letters as outlines.
 */
public final class InlineSvg {
  private static final int WIDTH = 400;
  private static final int HEIGHT = 230;
  private static final int LEFT = 58;
  private static final int RIGHT = 12;
  private static final int TOP = 10;
  private static final int BOTTOM = 40;
  private static final int MOST_DOTS = 40;
  private static final int COLOURS = 7;

  private final Chart chart;
  private final double[][] heights;
  private final Scale x;
  private final Scale y;
  private final StringBuilder svg = new StringBuilder();

  private InlineSvg(Chart chart) {
    this.chart = chart;
    this.heights = chart.heights();
    boolean stacked = chart.kind() == Chart.Kind.STACKED_AREAS;
    this.x =
        new Scale(
            chart.x(), chart.series().stream().flatMapToDouble(s -> Arrays.stream(s.x())), true);
    DoubleStream values = Arrays.stream(heights).flatMapToDouble(Arrays::stream);
    this.y =
        new Scale(
            chart.y(), stacked ? DoubleStream.concat(DoubleStream.of(0), values) : values, false);
  }

  /** A figure with title, chart and legend. */
  public static String figure(Chart chart) {
    return new InlineSvg(chart).figure();
  }

  /** Figures side by side where there is room. */
  public static String figures(List<Chart> charts) {
    StringBuilder html = new StringBuilder("<div class=\"charts\">\n");
    charts.forEach(chart -> html.append(figure(chart)));
    return html.append("</div>").toString();
  }

  /** A figure as wide as a paragraph. */
  public static String broadFigure(Chart chart) {
    return figure(chart).replaceFirst("<figure>", "<figure class=\"broad\">");
  }

  private String figure() {
    svg.append("<figure><figcaption>").append(escape(chart.title()));
    if (!chart.note().isEmpty()) {
      svg.append("<small>").append(escape(chart.note())).append("</small>");
    }
    svg.append("</figcaption>\n");
    add(
        "<svg class=\"chart\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">",
        WIDTH,
        HEIGHT,
        escape(chart.title() + ": " + chart.y().label() + " over " + chart.x().label()));
    axes();
    if (chart.kind() == Chart.Kind.STACKED_AREAS) {
      areas();
    } else {
      lines();
    }
    svg.append("</svg>\n");
    legend();
    return svg.append("</figure>\n").toString();
  }

  private void axes() {
    for (double tick : y.ticks()) {
      double place = py(tick);
      add(
          "<line class=\"grid\" x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\"/>",
          LEFT, place, WIDTH - RIGHT, place);
      add(
          "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
          LEFT - 6, place + 4, escape(chart.y().text(tick)));
    }
    double end = HEIGHT - BOTTOM;
    add(
        "<line class=\"axis\" x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\"/>",
        LEFT, end, WIDTH - RIGHT, end);
    for (double tick : x.ticks()) {
      add(
          "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%s</text>",
          px(tick), end + 15, escape(chart.x().text(tick)));
    }
    add(
        "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>",
        WIDTH - RIGHT, HEIGHT - 6, escape(chart.x().label()));
  }

  private void lines() {
    int count = chart.series().size();
    for (int i = 0; i < count; i++) {
      Series series = chart.series().get(i);
      boolean fading = chart.kind() == Chart.Kind.FADING_LINES;
      double opacity = fading ? 0.2 + 0.8 * (i + 1) / count : 1;
      add("<g class=\"s%d\" opacity=\"%.2f\">", fading ? 1 : i % COLOURS + 1, opacity);
      StringBuilder points = new StringBuilder();
      for (int p = 0; p < series.x().length; p++) {
        if (shows(series, p)) {
          points.append(
              String.format(Locale.ROOT, "%.1f,%.1f ", px(series.x()[p]), py(series.y()[p])));
        } else {
          line(points, i);
        }
      }
      line(points, i);
      if (!fading && series.x().length <= MOST_DOTS) {
        dots(series);
      }
      svg.append("</g>\n");
    }
    labels();
  }

  /** After all curves, so that none covers them. */
  private void labels() {
    PointLabels labels = new PointLabels(LEFT, TOP, WIDTH - RIGHT, HEIGHT - BOTTOM);
    for (Series series : chart.series()) {
      for (int p = 0; p < series.labels().size(); p++) {
        if (shows(series, p)) {
          labels.add(px(series.x()[p]), py(series.y()[p]), series.labels().get(p));
        }
        if (p > 0 && shows(series, p - 1) && shows(series, p)) {
          labels.avoid(
              px(series.x()[p - 1]), py(series.y()[p - 1]), px(series.x()[p]), py(series.y()[p]));
        }
      }
    }
    svg.append(labels.svg());
  }

  private boolean shows(Series series, int point) {
    return x.shows(series.x()[point]) && y.shows(series.y()[point]);
  }

  /** Later series of a chart are dashed too, for who sees no colours. */
  private void line(StringBuilder points, int series) {
    if (!points.isEmpty()) {
      boolean dashed = chart.kind() == Chart.Kind.LINES && series % 2 == 1;
      add(
          "<polyline%s points=\"%s\"/>",
          dashed ? " class=\"dashed\"" : "", points.toString().strip());
      points.setLength(0);
    }
  }

  private void dots(Series series) {
    for (int p = 0; p < series.x().length; p++) {
      if (shows(series, p)) {
        add(
            "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2.6\"><title>%s, %s %s: %s</title></circle>",
            px(series.x()[p]),
            py(series.y()[p]),
            escape(series.labels().isEmpty() ? series.name() : series.labels().get(p)),
            escape(chart.x().label()),
            escape(chart.x().text(series.x()[p])),
            escape(chart.y().text(series.y()[p])));
      }
    }
  }

  /** From the highest to the lowest, each over the one before. */
  private void areas() {
    for (int i = heights.length - 1; i >= 0; i--) {
      double[] at = chart.series().get(i).x();
      StringBuilder points = new StringBuilder();
      for (int p = 0; p < at.length; p++) {
        points.append(String.format(Locale.ROOT, "%.1f,%.1f ", px(at[p]), py(heights[i][p])));
      }
      for (int p = at.length - 1; p >= 0; p--) {
        double below = i == 0 ? 0 : heights[i - 1][p];
        points.append(String.format(Locale.ROOT, "%.1f,%.1f ", px(at[p]), py(below)));
      }
      add(
          "<polygon class=\"s%d\" points=\"%s\"><title>%s</title></polygon>",
          i % COLOURS + 1, points.toString().strip(), escape(chart.series().get(i).name()));
    }
  }

  private void legend() {
    if (chart.series().size() < 2) {
      return;
    }
    svg.append("<ul class=\"legend\">");
    for (int i = 0; i < chart.series().size(); i++) {
      boolean fading = chart.kind() == Chart.Kind.FADING_LINES;
      double opacity = fading ? 0.2 + 0.8 * (i + 1) / chart.series().size() : 1;
      svg.append(
          String.format(
              Locale.ROOT,
              "<li class=\"s%d\" style=\"opacity:%.2f\">%s</li>",
              fading ? 1 : i % COLOURS + 1,
              Math.max(0.55, opacity),
              escape(chart.series().get(i).name())));
    }
    svg.append("</ul>\n");
  }

  private double px(double value) {
    return LEFT + x.at(value) * (WIDTH - LEFT - RIGHT);
  }

  private double py(double value) {
    return HEIGHT - BOTTOM - y.at(value) * (HEIGHT - TOP - BOTTOM);
  }

  private void add(String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
