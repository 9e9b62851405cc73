package org.quadralib.chart;

import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Charts as files for papers and slides, drawn by XChart. */
public final class Pictures {
  private static final int MOST_DOTS = 40;

  private Pictures() {}

  /**
   * Writes {@code name.png} and {@code name.svg}.
   *
   * @return both files
   */
  public static List<Path> write(Chart chart, Path folder, String name) throws IOException {
    XYChart drawn = draw(chart);
    String file = folder.resolve(name).toString();
    BitmapEncoder.saveBitmap(drawn, file, BitmapFormat.PNG);
    VectorGraphicsEncoder.saveVectorGraphic(drawn, file, VectorGraphicsFormat.SVG);
    return List.of(folder.resolve(name + ".png"), folder.resolve(name + ".svg"));
  }

  private static XYChart draw(Chart chart) {
    XYChart drawn =
        new XYChartBuilder()
            .width(900)
            .height(520)
            .title(chart.title())
            .xAxisTitle(chart.x().label())
            .yAxisTitle(chart.y().label())
            .build();
    drawn.getStyler().setChartBackgroundColor(Color.WHITE);
    drawn.getStyler().setPlotBorderVisible(false);
    drawn.getStyler().setLegendPosition(LegendPosition.OutsideS);
    drawn.getStyler().setLegendLayout(LegendLayout.Horizontal);
    drawn.getStyler().setLegendBorderColor(Color.WHITE);
    drawn.getStyler().setLegendVisible(chart.series().size() > 1);
    drawn.setCustomXAxisTickLabelsFormatter(value -> text(chart.x(), value));
    drawn.setCustomYAxisTickLabelsFormatter(value -> text(chart.y(), value));
    if (chart.y().logarithmic()) {
      Scale scale =
          new Scale(
              chart.y(), chart.series().stream().flatMapToDouble(s -> Arrays.stream(s.y())), false);
      drawn.getStyler().setYAxisMin(place(chart.y(), scale.ticks().getFirst()));
      drawn.getStyler().setYAxisMax(place(chart.y(), scale.ticks().getLast()));
    }
    int count = chart.series().size();
    boolean stacked = chart.kind() == Chart.Kind.STACKED_AREAS;
    double[][] heights = chart.heights();
    // Areas from the highest to the lowest, each over the one before.
    for (int i = stacked ? count - 1 : 0; stacked ? i >= 0 : i < count; i += stacked ? -1 : 1) {
      add(drawn, chart, i, heights[i]);
    }
    return drawn;
  }

  /**
   * Where a value lies on an axis: XChart's own logarithmic axis, over less than a decade, writes
   * labels as if it were linear.
   */
  private static double place(Axis axis, double value) {
    return axis.logarithmic() ? Math.log10(value) : value;
  }

  private static String text(Axis axis, double place) {
    boolean between =
        (axis.logarithmic() || axis.format() == Axis.Format.COUNT)
            && Math.abs(place - Math.rint(place)) > 1e-9;
    return between ? "" : axis.text(axis.logarithmic() ? Math.pow(10, Math.rint(place)) : place);
  }

  private static void add(XYChart drawn, Chart chart, int number, double[] heights) {
    Series series = chart.series().get(number);
    List<Double> x = new ArrayList<>();
    List<Double> y = new ArrayList<>();
    for (int i = 0; i < heights.length; i++) {
      double height = place(chart.y(), heights[i]);
      double position = place(chart.x(), series.x()[i]);
      if (Double.isFinite(height) && Double.isFinite(position)) {
        x.add(position);
        y.add(height);
      }
    }
    if (x.isEmpty()) {
      return; // XChart refuses empty series
    }
    XYSeries line = drawn.addSeries(series.name(), x, y);
    boolean fading = chart.kind() == Chart.Kind.FADING_LINES;
    Color colour = new Color(Palette.SERIES.get(fading ? 0 : number % Palette.SERIES.size()));
    int opacity = fading ? 50 + 205 * (number + 1) / chart.series().size() : 255;
    colour = new Color(colour.getRed(), colour.getGreen(), colour.getBlue(), opacity);
    line.setLineColor(colour);
    line.setMarkerColor(colour);
    line.setFillColor(colour);
    line.setLineStyle(new BasicStroke(2f));
    if (fading || x.size() > MOST_DOTS) {
      line.setMarker(SeriesMarkers.NONE);
    }
    if (chart.kind() == Chart.Kind.STACKED_AREAS) {
      line.setXYSeriesRenderStyle(XYSeriesRenderStyle.Area);
      line.setMarker(SeriesMarkers.NONE);
    }
  }
}
