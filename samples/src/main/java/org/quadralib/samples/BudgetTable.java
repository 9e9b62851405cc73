package org.quadralib.samples;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.quadralib.budget.BudgetCurve;
import org.quadralib.budget.LayerCosts;
import org.quadralib.budget.QuadraticOptimizer;
import org.quadralib.budget.Steps;
import org.quadralib.io.AtomicFile;
import org.quadralib.layers.Backprop;
import org.quadralib.memory.Bytes;

/** Time against memory over budgets: as a table, as JSON and as a picture. */
final class BudgetTable {
  private static final double WIDTH = 640;
  private static final double HEIGHT = 360;
  private static final double LEFT = 70;
  private static final double RIGHT = 20;
  private static final double TOP = 40;
  private static final double BOTTOM = 60;

  private BudgetTable() {}

  static BudgetCurve measure(Steps steps, int batch, int budgets, int rounds) {
    LayerCosts costs = LayerCosts.measure(steps, batch, Long.MAX_VALUE);
    return BudgetCurve.measure(
        steps, batch, new QuadraticOptimizer(steps, batch, costs), budgets, rounds);
  }

  static String of(BudgetCurve curve) {
    StringBuilder table = new StringBuilder();
    String head = "%n%-12s %12s %12s %12s %12s   %s%n";
    table.append(
        String.format(
            Locale.ROOT, head, "budget", "peak", "kept", "predicted", "measured", "layers"));
    for (BudgetCurve.Point point : curve.points()) {
      table.append(
          String.format(
              Locale.ROOT,
              "%-12s %12s %12s %9.1f ms %9.1f ms   %s%n",
              Bytes.format(point.budgetBytes()),
              Bytes.format(point.peakBytes()),
              Bytes.format(point.savedBytes()),
              point.predictedMillis(),
              point.millis(),
              counts(point)));
    }
    return table.toString();
  }

  private static String counts(BudgetCurve.Point point) {
    StringBuilder text = new StringBuilder();
    for (Backprop way : Backprop.values()) {
      int count = Collections.frequency(point.choice().layers().values(), way);
      if (count > 0) {
        text.append(text.isEmpty() ? "" : ", ").append(count).append(' ').append(EnumNames.of(way));
      }
    }
    return text.toString();
  }

  static ArrayNode json(BudgetCurve curve) {
    ArrayNode list = JsonNodeFactory.instance.arrayNode();
    for (BudgetCurve.Point point : curve.points()) {
      ObjectNode entry = list.addObject();
      entry.put("budgetBytes", point.budgetBytes()).put("peakBytes", point.peakBytes());
      entry.put("savedBytes", point.savedBytes());
      entry.put("predictedMillis", point.predictedMillis()).put("stepMillis", point.millis());
      ObjectNode layers = entry.putObject("backprop");
      point.choice().layers().forEach((path, way) -> layers.put(path, EnumNames.of(way)));
    }
    return list;
  }

  /** Draws predicted and measured time over the peak; both axes begin at zero. */
  static void draw(Path file, BudgetCurve curve, String title) throws IOException {
    byte[] svg = svg(curve.points(), title).getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, channel -> Channels.newOutputStream(channel).write(svg));
  }

  static String svg(List<BudgetCurve.Point> points, String title) {
    double mib = points.stream().mapToDouble(BudgetTable::mib).max().orElse(1) * 1.05;
    double millis =
        1.1
            * points.stream()
                .mapToDouble(p -> Math.max(p.millis(), p.predictedMillis()))
                .max()
                .orElse(1);
    StringBuilder svg = new StringBuilder();
    svg.append(
        text(
            "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %.0f %.0f'"
                + " font-family='sans-serif' font-size='12'>%n<rect width='100%%' height='100%%'"
                + " fill='white'/>%n<text x='%.0f' y='22' font-size='14'>%s: time of a step against"
                + " its peak of memory</text>%n",
            WIDTH, HEIGHT, LEFT, title.replace("&", "&amp;").replace("<", "&lt;")));
    for (double value : ticks(mib)) {
      double x = x(value, mib);
      svg.append(
          text(
              "<text x='%.1f' y='%.1f' text-anchor='middle'>%.0f</text>%n",
              x, HEIGHT - BOTTOM + 18, value));
    }
    for (double value : ticks(millis)) {
      double y = y(value, millis);
      svg.append(
          text(
              "<line x1='%.1f' x2='%.1f' y1='%.1f' y2='%.1f' stroke='#ddd'/>"
                  + "<text x='%.1f' y='%.1f' text-anchor='end'>%.0f</text>%n",
              LEFT, WIDTH - RIGHT, y, y, LEFT - 6, y + 4, value));
    }
    series(svg, points, mib, millis, true);
    series(svg, points, mib, millis, false);
    svg.append(
        text(
            "<text x='%.1f' y='%.1f' text-anchor='middle'>peak in MiB</text>%n"
                + "<text x='16' y='%.1f' transform='rotate(-90 16 %.1f)'"
                + " text-anchor='middle'>ms a step</text>%n",
            (LEFT + WIDTH - RIGHT) / 2, HEIGHT - BOTTOM + 36, HEIGHT / 2, HEIGHT / 2));
    svg.append(
        text(
            "<text x='%.1f' y='%.1f'><tspan fill='#0072b2'>● measured</tspan>"
                + " <tspan fill='#d55e00'>○ predicted</tspan></text>%n</svg>%n",
            LEFT, HEIGHT - 8));
    return svg.toString();
  }

  private static void series(
      StringBuilder svg,
      List<BudgetCurve.Point> points,
      double mib,
      double millis,
      boolean predicted) {
    StringBuilder line = new StringBuilder();
    StringBuilder dots = new StringBuilder();
    String colour = predicted ? "#d55e00" : "#0072b2";
    for (BudgetCurve.Point point : points) {
      double x = x(mib(point), mib);
      double y = y(predicted ? point.predictedMillis() : point.millis(), millis);
      line.append(text("%.1f,%.1f ", x, y));
      dots.append(
          text(
              "<circle cx='%.1f' cy='%.1f' r='4' stroke='%s' fill='%s'/>%n",
              x, y, colour, predicted ? "white" : colour));
    }
    svg.append(
        text(
            "<polyline points='%s' fill='none' stroke='%s'%s/>%n%s",
            line, colour, predicted ? " stroke-dasharray='5 4'" : "", dots));
  }

  private static double[] ticks(double most) {
    double step = Math.pow(10, Math.floor(Math.log10(most)));
    while (most / step < 4) {
      step /= 2;
    }
    double[] ticks = new double[(int) (most / step) + 1];
    for (int i = 0; i < ticks.length; i++) {
      ticks[i] = i * step;
    }
    return ticks;
  }

  private static double mib(BudgetCurve.Point point) {
    return point.peakBytes() / (double) (1 << 20);
  }

  private static double x(double mib, double most) {
    return LEFT + (WIDTH - LEFT - RIGHT) * mib / most;
  }

  private static double y(double millis, double most) {
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * millis / most;
  }

  private static String text(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
