package org.quadralib.chart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class InlineSvgTest {
  private static int count(String text, String pattern) {
    return (int) Pattern.compile(pattern).matcher(text).results().count();
  }

  @Test
  void aGapSplitsACurve() {
    Chart chart =
        Chart.lines(
            "t", Axis.of("x"), Axis.of("y"), List.of(Series.counted("s", 1, 2, Double.NaN, 4, 5)));
    String svg = InlineSvg.figure(chart);
    assertEquals(2, count(svg, "<polyline"));
    assertEquals(4, count(svg, "<circle"));
  }

  /** The lowest value is at the bottom line, the highest at the top, on the page downwards. */
  @Test
  void valuesAreWhereTheyBelong() {
    Chart chart =
        Chart.lines("t", Axis.of("x"), Axis.of("y"), List.of(Series.counted("s", 0, 5, 10)));
    assertTrue(
        InlineSvg.figure(chart).contains("points=\"58.0,190.0 223.0,100.0 388.0,10.0\""),
        InlineSvg.figure(chart));
  }

  @Test
  void stackedAreasAddUp() {
    Chart chart =
        Chart.lines(
                "t",
                Axis.of("x"),
                Axis.of("y"),
                List.of(Series.counted("a", 4, 4), Series.counted("b", 6, 6)))
            .kind(Chart.Kind.STACKED_AREAS);
    // From 10 at the top down to 4, and from there to 0.
    assertTrue(
        InlineSvg.figure(chart).contains("points=\"58.0,10.0 388.0,10.0 388.0,118.0 58.0,118.0\""),
        InlineSvg.figure(chart));
  }

  @Test
  void namesAreEscaped() {
    Series series = Series.counted("<b>&", 1, 2);
    String svg =
        InlineSvg.figure(
            Chart.lines("<i>", Axis.of("<u>"), Axis.of("\"y\""), List.of(series, series))
                .note("<s>"));
    assertFalse(svg.matches("(?s).*<[bius]>.*"), svg);
  }

  @Test
  void ticksAreRound() {
    assertEquals(List.of(0.0, 0.5, 1.0, 1.5, 2.0, 2.5), ticks(Axis.of("y"), 0.1, 2.3));
    assertEquals(List.of(0.01, 0.1, 1.0, 10.0), ticks(Axis.log("y"), 0.02, 7, 0, -3));
    assertEquals(List.of(1.0, 2.0, 3.0), ticks(Axis.count("n"), 1, 3));
    assertEquals(5, ticks(Axis.of("y"), -1e-9, 1e-9).size(), "small numbers have ticks too");
    for (double tick : new Scale(Axis.bytes("b"), DoubleStream.of(0, 5e9), false).ticks()) {
      assertEquals(0, tick % (1 << 30));
    }
  }

  private static List<Double> ticks(Axis axis, double... values) {
    List<Double> ticks = new Scale(axis, DoubleStream.of(values), false).ticks();
    return ticks.stream().map(tick -> Math.round(tick * 1e12) / 1e12).toList();
  }

  @Test
  void constantAndEmptySeriesHaveAScale() {
    for (double[] y :
        new double[][] {{}, {0, 0}, {3, 3}, {Double.NaN}, {Double.POSITIVE_INFINITY}}) {
      for (Axis axis : List.of(Axis.of("y"), Axis.log("y"), Axis.bytes("y"), Axis.count("y"))) {
        String svg =
            InlineSvg.figure(Chart.lines("t", Axis.of("x"), axis, List.of(Series.counted("s", y))));
        assertFalse(svg.contains("NaN") || svg.contains("Infinity"), svg);
        assertTrue(count(svg, "<line class=\"grid\"") >= 2, svg);
      }
    }
  }

  @Test
  void numbersAreShort() {
    assertEquals("0.001", Axis.of("").text(0.001));
    assertEquals("1.5e-5", Axis.of("").text(1.5e-5));
    assertEquals("1e6", Axis.of("").text(1e6));
    assertEquals("12.5%", Axis.percent("").text(0.125));
    assertEquals("1.5 MiB", Axis.bytes("").text(3 << 19));
    assertEquals("-20", Axis.of("").text(-20));
  }

  @Test
  void aCurveHasAValueForEachPosition() {
    double[] two = {1, 2};
    double[] one = {1};
    assertThrows(IllegalArgumentException.class, () -> new Series("s", two, one));
  }

  @Test
  void labelsDoNotCoverEachOther() {
    double[] x = {1, 1, 1.02, 3};
    double[] y = {1, 1.02, 1.01, 3};
    List<String> labels = List.of("one", "two", "three", "<four>");
    String svg =
        InlineSvg.figure(
            Chart.lines("t", Axis.of("x"), Axis.of("y"), List.of(new Series("s", x, y, labels))));
    assertTrue(svg.contains("&lt;four&gt;"), "escaped");
    List<double[]> boxes =
        Pattern.compile("<text class=\"label\" x=\"([0-9.]+)\" y=\"([0-9.]+)\">([^<]+)<")
            .matcher(svg)
            .results()
            .map(
                m ->
                    new double[] {
                      Double.parseDouble(m.group(1)),
                      Double.parseDouble(m.group(2)),
                      6 * m.group(3).replaceAll("&..;", "x").length()
                    })
            .toList();
    assertEquals(4, boxes.size());
    for (double[] a : boxes) {
      for (double[] b : boxes) {
        boolean apart = a[0] + a[2] < b[0] || b[0] + b[2] < a[0] || Math.abs(a[1] - b[1]) > 10;
        assertTrue(a == b || apart, svg);
      }
      assertTrue(a[0] >= 0 && a[0] + a[2] <= 400, "inside the chart");
    }
  }

  @Test
  void aCurveHasALabelForEachPositionOrNone() {
    double[] two = {1, 2};
    List<String> one = List.of("a");
    assertThrows(IllegalArgumentException.class, () -> new Series("s", two, two, one));
  }
}
