package org.quadralib.chart;

import java.util.List;

/**
 * A chart as data: {@link InlineSvg} draws it into a page, {@link Pictures} into files.
 *
 * @param note a sentence below the title; may be empty
 * @param kind how the series are drawn
 */
public record Chart(String title, String note, Kind kind, Axis x, Axis y, List<Series> series) {
  /** How series are drawn. */
  public enum Kind {
    /** Curves beside each other. */
    LINES,
    /** Areas on top of each other, the first at the bottom, all with the same positions. */
    STACKED_AREAS,
    /** Curves that tell of one thing over time: the earlier the paler. */
    FADING_LINES
  }

  /** Copies the series. */
  public Chart {
    series = List.copyOf(series);
  }

  /** Curves. */
  public static Chart lines(String title, Axis x, Axis y, List<Series> series) {
    return new Chart(title, "", Kind.LINES, x, y, series);
  }

  /** What each series reaches: itself, or stacked on those before it. */
  double[][] heights() {
    double[][] heights = new double[series.size()][];
    for (int i = 0; i < heights.length; i++) {
      heights[i] = series.get(i).y().clone();
      if (kind == Kind.STACKED_AREAS && i > 0) {
        for (int p = 0; p < heights[i].length; p++) {
          heights[i][p] += heights[i - 1][p];
        }
      }
    }
    return heights;
  }

  /** With a sentence below the title. */
  public Chart note(String text) {
    return new Chart(title, text, kind, x, y, series);
  }

  /** Drawn otherwise. */
  public Chart kind(Kind other) {
    return new Chart(title, note, other, x, y, series);
  }
}
