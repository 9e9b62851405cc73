package org.quadralib.profile;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.quadralib.graph.Phase;
import org.quadralib.memory.Bytes;
import org.quadralib.memory.Category;

/**
 * A timeline as an SVG element: live bytes by category, one above the other, operation by
 * operation. Colours come from the page's style sheet ({@code --parameter}, {@code --gradient} and
 * so on by category, {@code --ink}, {@code --grid}), so that it follows light and dark.
 */
public final class TimelineChart {
  private static final double WIDTH = 960;
  private static final double HEIGHT = 340;
  private static final double LEFT = 64;
  private static final double RIGHT = 12;
  private static final double TOP = 26;
  private static final double BOTTOM = 28;

  private TimelineChart() {}

  /** The element, {@code <svg>…</svg>}. */
  public static String svg(Timeline timeline) {
    int count = timeline.moments().size();
    long peak = timeline.moments().get(timeline.peak()).liveBytes();
    StringBuilder svg = new StringBuilder();
    svg.append(
        text(
            "<svg viewBox='0 0 %.0f %.0f' role='img' aria-label='Live memory by category over the"
                + " operations of a step, at most %s'>%n",
            WIDTH, HEIGHT, Bytes.format(peak)));
    grid(svg, peak);
    double[] below = new double[count];
    for (Category category : drawn(timeline)) {
      area(svg, timeline, category, below, peak);
    }
    phases(svg, timeline);
    double x = x(timeline.peak() + 0.5, count);
    svg.append(
        text(
            "<line x1='%.1f' x2='%.1f' y1='%.1f' y2='%.1f' stroke='var(--ink)'"
                + " stroke-dasharray='4 3'/>%n",
            x, x, TOP, HEIGHT - BOTTOM));
    boolean rightHalf = timeline.peak() > count / 2;
    svg.append(
        text(
            "<text x='%.1f' y='%.1f' text-anchor='%s' class='label'>peak %s</text>%n",
            rightHalf ? x - 6 : x + 6, TOP - 8, rightHalf ? "end" : "start", Bytes.format(peak)));
    return svg.append("</svg>").toString();
  }

  /** The categories that ever hold anything, from the bottom up. */
  static List<Category> drawn(Timeline timeline) {
    List<Category> drawn = new ArrayList<>();
    for (Category category : Category.values()) {
      if (timeline.moments().stream().anyMatch(m -> m.live().getOrDefault(category, 0L) > 0)) {
        drawn.add(category);
      }
    }
    return drawn;
  }

  private static void grid(StringBuilder svg, long peak) {
    long step = 1 << 10;
    while (peak / step > 6) {
      step *= 2;
    }
    for (long bytes = 0; bytes <= peak; bytes += step) {
      double y = y(bytes, peak);
      svg.append(
          text(
              "<line x1='%.1f' x2='%.1f' y1='%.1f' y2='%.1f' stroke='var(--grid)'/>"
                  + "<text x='%.1f' y='%.1f' text-anchor='end' class='label'>%s</text>%n",
              LEFT, WIDTH - RIGHT, y, y, LEFT - 6, y + 4, Bytes.format(bytes)));
    }
  }

  private static void area(
      StringBuilder svg, Timeline timeline, Category category, double[] below, long peak) {
    int count = below.length;
    StringBuilder up = new StringBuilder();
    StringBuilder down = new StringBuilder();
    for (int i = 0; i < count; i++) {
      double low = below[i];
      double high = low + timeline.moments().get(i).live().getOrDefault(category, 0L);
      String left = text("%.1f,", x(i, count));
      String right = text("%.1f,", x(i + 1, count));
      up.append(left).append(text("%.1f ", y(high, peak)));
      up.append(right).append(text("%.1f ", y(high, peak)));
      String back = text("%.1f ", y(low, peak));
      down.insert(0, right + back + left + back);
      below[i] = high;
    }
    String name = name(category);
    svg.append(
        text(
            "<polygon fill='var(--%s)' points='%s%s'><title>%s</title></polygon>%n",
            name, up, down, name));
  }

  /** A line where the backward pass begins, and names of both. */
  private static void phases(StringBuilder svg, Timeline timeline) {
    int count = timeline.moments().size();
    int forward = 0;
    for (int i = 0; i < count; i++) {
      if (timeline.moments().get(i).phase() == Phase.FORWARD) {
        forward = i + 1;
      }
    }
    double x = x(forward, count);
    svg.append(
        text(
            "<line x1='%.1f' x2='%.1f' y1='%.1f' y2='%.1f' stroke='var(--ink)'/>"
                + "<text x='%.1f' y='%.1f' class='label'>forward</text>"
                + "<text x='%.1f' y='%.1f' class='label'>backward and updates</text>%n",
            x, x, TOP, HEIGHT - BOTTOM, LEFT, HEIGHT - 8, x + 4, HEIGHT - 8));
  }

  private static double x(double position, int count) {
    return LEFT + (WIDTH - LEFT - RIGHT) * position / count;
  }

  private static double y(double bytes, long peak) {
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * bytes / Math.max(1, peak);
  }

  static String name(Category category) {
    return category.name().toLowerCase(Locale.ROOT);
  }

  private static String text(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
