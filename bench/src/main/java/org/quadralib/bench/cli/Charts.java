package org.quadralib.bench.cli;

import java.awt.Color;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.CategorySeries.CategorySeriesRenderStyle;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.quadralib.bench.versus.Comparison;
import org.quadralib.bench.versus.Quartiles;
import org.quadralib.bench.versus.SideBySide;
import org.quadralib.bench.versus.Versus.Result;
import org.quadralib.chart.Palette;

/** Results as pictures. */
final class Charts {
  private static final Color[] COLORS =
      Palette.SERIES.stream().map(Color::new).toArray(Color[]::new);

  private Charts() {}

  /**
   * A chart to be written.
   *
   * @param name of its files, without their endings
   */
  record Chart(String name, org.knowm.xchart.internal.chartpart.Chart<?, ?> chart) {
    /** The same under a name of its own, where there are several. */
    Chart of(String what) {
      return new Chart(name + "-" + what, chart);
    }

    /** Writes a PNG and an SVG. */
    void write(Path folder) throws IOException {
      String file = folder.resolve(name).toString();
      BitmapEncoder.saveBitmap(chart, file, BitmapFormat.PNG);
      VectorGraphicsEncoder.saveVectorGraphic(chart, file, VectorGraphicsFormat.SVG);
    }
  }

  /** Bars of the medians, with whiskers over the quartiles. */
  static List<Chart> of(SideBySide result) {
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(900)
            .height(520)
            .title(
                "%s, batch %d, %d threads: median and quartiles"
                    .formatted(
                        result.workload().name(),
                        result.workload().batch(),
                        result.workload().threads()))
            .yAxisTitle("milliseconds, less is better")
            .build();
    style(chart.getStyler());
    chart.getStyler().setAvailableSpaceFill(0.6);
    chart.getStyler().setLabelsVisible(true);
    for (Result one : result.results()) {
      Quartiles train = Quartiles.of(one.trainMillis());
      Quartiles infer = Quartiles.of(one.inferMillis());
      chart.addSeries(
          one.name(),
          List.of("training step", "inference"),
          List.of(rounded(train.median()), rounded(infer.median())),
          List.of(spread(train), spread(infer)));
    }
    return List.of(new Chart("bench", chart));
  }

  /** Bars of billions of floating-point operations a second. */
  static List<Chart> of(String name, List<Comparison> results) {
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(Math.max(900, 160 * results.size()))
            .height(520)
            .title(name)
            .yAxisTitle("GFLOP/s, more is better")
            .build();
    style(chart.getStyler());
    chart.getStyler().setLabelsVisible(true);
    chart.getStyler().setAvailableSpaceFill(0.8);
    List<String> names = results.stream().map(Comparison::name).toList();
    for (int i = 0; i < results.getFirst().rows().size(); i++) {
      int row = i;
      List<Double> values =
          results.stream().map(one -> rounded(one.gigaflops(one.rows().get(row)))).toList();
      chart.addSeries(results.getFirst().rows().get(row).name(), names, values);
    }
    return List.of(new Chart("bench", chart));
  }

  /** Curves of images a second over the values of a sweep, one chart for each kind of work. */
  static List<Chart> of(String property, List<String> values, List<SideBySide> results) {
    return List.of(
        curves("bench-training", "training", property, values, results, Result::trainMillis),
        curves("bench-inference", "inference", property, values, results, Result::inferMillis));
  }

  private static Chart curves(
      String name,
      String what,
      String property,
      List<String> values,
      List<SideBySide> results,
      Function<Result, double[]> millis) {
    CategoryChart chart =
        new CategoryChartBuilder()
            .width(900)
            .height(520)
            .title(results.getFirst().workload().name() + ", " + what)
            .xAxisTitle(property)
            .yAxisTitle("images/s, more is better")
            .build();
    style(chart.getStyler());
    chart.getStyler().setDefaultSeriesRenderStyle(CategorySeriesRenderStyle.Line);
    chart.getStyler().setOverlapped(true); // otherwise the points of one value lie side by side
    chart.getStyler().setYAxisMin(0.0);
    for (String contestant : names(results)) {
      List<@Nullable Double> speeds = new ArrayList<>();
      for (SideBySide result : results) {
        speeds.add(
            result.results().stream()
                .filter(one -> one.name().equals(contestant))
                .findFirst()
                .map(
                    one ->
                        result.workload().batch() * 1e3 / Quartiles.of(millis.apply(one)).median())
                .orElse(null));
      }
      chart.addSeries(contestant, values, speeds);
    }
    return new Chart(name, chart);
  }

  private static List<String> names(List<SideBySide> results) {
    return results.stream()
        .flatMap(result -> result.results().stream())
        .map(Result::name)
        .distinct()
        .toList();
  }

  /** To three digits: the labels of bars show all they are given. */
  private static double rounded(double value) {
    return value == 0 ? 0 : BigDecimal.valueOf(value).round(new MathContext(3)).doubleValue();
  }

  /** XChart's whiskers are as long above as below. */
  private static double spread(Quartiles quartiles) {
    return (quartiles.third() - quartiles.first()) / 2;
  }

  private static void style(Styler styler) {
    styler.setSeriesColors(COLORS);
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setPlotBorderVisible(false);
    styler.setLegendPosition(LegendPosition.OutsideS);
    styler.setLegendLayout(LegendLayout.Horizontal);
    styler.setLegendBorderColor(Color.WHITE);
  }
}
