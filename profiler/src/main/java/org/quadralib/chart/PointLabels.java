package org.quadralib.chart;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.quadralib.html.HtmlPage;

/** Texts beside the points of a chart, each where it covers the least of the others. */
final class PointLabels {
  private static final double HEIGHT = 13;
  private static final double GAP = 6;
  private static final double STEP = 4;

  /** About the mean width of a letter; there is no font to ask. */
  private static final double LETTER = 6.2;

  /** How much worse it is for a text to be hard to read than to lie on a curve. */
  private static final double UNREADABLE = 4;

  /** In widths and heights of the text, from the best place to the worst. */
  private static final double[][] DIRECTIONS = {
    {1, 0}, {-1, 0}, {0, -1}, {0, 1},
    {1, -1}, {-1, -1}, {1, 1}, {-1, 1},
    {1, -2}, {-1, -2}, {1, 2}, {-1, 2},
    {1, -3}, {-1, -3}, {1, 3}, {-1, 3}
  };

  private final Box chart;
  private final List<Label> labels = new ArrayList<>();
  private final List<Box> lines = new ArrayList<>();

  private record Box(double left, double top, double right, double bottom) {
    double shared(Box other) {
      double width = Math.min(right, other.right) - Math.max(left, other.left);
      double height = Math.min(bottom, other.bottom) - Math.max(top, other.top);
      return Math.max(0, width) * Math.max(0, height);
    }

    double area() {
      return (right - left) * (bottom - top);
    }
  }

  private record Label(double x, double y, String text) {
    Box dot() {
      return new Box(x - 4, y - 4, x + 4, y + 4);
    }

    /** At the right, the left, above, below, at the corners, and farther up and down. */
    List<Box> places() {
      double width = LETTER * text.codePointCount(0, text.length());
      List<Box> places = new ArrayList<>();
      for (double[] to : DIRECTIONS) {
        double left = x - width / 2 + to[0] * (width / 2 + GAP);
        double top = y - HEIGHT / 2 + to[1] * (HEIGHT / 2 + GAP);
        places.add(new Box(left, top, left + width, top + HEIGHT));
      }
      return places;
    }
  }

  /** Labels for a chart with these borders. */
  PointLabels(double left, double top, double right, double bottom) {
    this.chart = new Box(left, top, right, bottom);
  }

  void add(double x, double y, String text) {
    labels.add(new Label(x, y, text));
  }

  /** Adds a line that texts should not lie on. */
  void avoid(double x1, double y1, double x2, double y2) {
    int steps = 1 + (int) (Math.hypot(x2 - x1, y2 - y1) / STEP);
    for (int i = 0; i <= steps; i++) {
      double x = x1 + i * (x2 - x1) / steps;
      double y = y1 + i * (y2 - y1) / steps;
      lines.add(new Box(x - STEP / 2, y - STEP / 2, x + STEP / 2, y + STEP / 2));
    }
  }

  /** The texts. */
  String svg() {
    StringBuilder svg = new StringBuilder();
    List<Box> marks = new ArrayList<>(lines);
    labels.forEach(label -> marks.add(label.dot()));
    List<Box> texts = new ArrayList<>();
    for (Label label : labels) {
      Box best =
          Collections.min(
              label.places(), Comparator.comparingDouble(place -> harm(place, marks, texts)));
      texts.add(best);
      svg.append(
          String.format(
              Locale.ROOT,
              "<text class=\"label\" x=\"%.1f\" y=\"%.1f\">%s</text>%n",
              best.left(),
              best.bottom() - 3,
              HtmlPage.escape(label.text())));
    }
    return svg.toString();
  }

  /** How much a text here hides of the others and of the curves, and lies outside the chart. */
  private double harm(Box place, List<Box> marks, List<Box> texts) {
    double outside = place.area() - place.shared(chart);
    double hidden = texts.stream().mapToDouble(place::shared).sum();
    return UNREADABLE * (outside + hidden) + marks.stream().mapToDouble(place::shared).sum();
  }
}
