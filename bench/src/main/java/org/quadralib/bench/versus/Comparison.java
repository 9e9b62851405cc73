package org.quadralib.bench.versus;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One computation, measured side by side.
 *
 * @param name of the computation
 * @param flops floating-point operations of one run, two for a multiply-accumulate
 * @param rows the library's first
 */
public record Comparison(String name, double flops, List<Row> rows) {
  /**
   * What was measured of one contestant.
   *
   * @param millis of one run, by round
   */
  public record Row(String name, double[] millis) {}

  /** Measures runners, the library's first, and pairs them with their times. */
  public static Comparison measure(
      String name, double flops, List<Interleaving.Runner> runners, Interleaving interleaving) {
    double[][] millis = interleaving.measure(name, runners);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < millis.length; i++) {
      rows.add(new Row(runners.get(i).name(), millis[i]));
    }
    return new Comparison(name, flops, rows);
  }

  /** Time of another over the library's: above 1 the library is faster. */
  public Quartiles ratio(Row other) {
    return Quartiles.ofRatios(other.millis(), rows.getFirst().millis());
  }

  /** Billions of floating-point operations a second, at the median. */
  public double gigaflops(Row row) {
    return flops / Quartiles.of(row.millis()).median() / 1e6;
  }

  /** One object; names are part of the command line's contract. */
  public ObjectNode json() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("name", name);
    json.put("flops", flops);
    ArrayNode list = json.putArray("results");
    for (Row row : rows) {
      ObjectNode node = list.addObject();
      node.put("name", row.name());
      node.set("millis", SideBySide.json(Quartiles.of(row.millis())));
      node.put("gigaflops", gigaflops(row));
      if (row != rows.getFirst()) {
        node.set("ratio", SideBySide.json(ratio(row)));
      }
    }
    return json;
  }

  /**
   * A table of several: medians, in brackets the quartiles of the ratios.
   *
   * @param peakGigaflops what the machine can do, for the library's share of it
   */
  public static String table(List<Comparison> all, double peakGigaflops) {
    StringBuilder table = new StringBuilder();
    String row = "%-26s %-10s %10s %10s %7s  %s%n";
    table.append(row.formatted("", "", "ms", "GFLOP/s", "of peak", "time over ours"));
    for (Comparison one : all) {
      for (Row each : one.rows()) {
        boolean first = each == one.rows().getFirst();
        table.append(
            row.formatted(
                first ? one.name() : "",
                each.name(),
                number("%.3f", Quartiles.of(each.millis()).median()),
                number("%.1f", one.gigaflops(each)),
                number("%.0f%%", 100 * one.gigaflops(each) / peakGigaflops),
                first ? "" : ratio(one.ratio(each))));
      }
    }
    return table.toString();
  }

  private static String ratio(Quartiles ratio) {
    return String.format(
        Locale.ROOT, "%.3f [%.3f, %.3f]", ratio.median(), ratio.first(), ratio.third());
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
