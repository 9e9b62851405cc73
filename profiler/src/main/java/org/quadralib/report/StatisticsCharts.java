package org.quadralib.report;

import static org.quadralib.html.HtmlPage.escape;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.quadralib.analysis.EpochStatistics;
import org.quadralib.analysis.Histogram;
import org.quadralib.analysis.LayerStatistics;
import org.quadralib.analysis.LayerStatistics.Kind;
import org.quadralib.analysis.Term;
import org.quadralib.chart.Axis;
import org.quadralib.chart.Chart;
import org.quadralib.chart.InlineSvg;
import org.quadralib.chart.Series;
import org.quadralib.layers.LayerLabels;

/** Weights, gradients and activations over the epochs, as charts. */
final class StatisticsCharts {
  /** So many epochs are drawn over each other; more could not be told apart. */
  private static final int EPOCHS = 5;

  private final List<EpochStatistics> epochs;

  StatisticsCharts(List<EpochStatistics> epochs) {
    this.epochs = epochs;
  }

  boolean isEmpty() {
    return epochs.isEmpty();
  }

  /** Gradient norms against depth, at the first and at the last epoch. */
  List<Chart> gradientsByDepth(LayerLabels labels) {
    List<Chart> charts = new ArrayList<>();
    for (Term term : List.of(Term.FIRST, Term.SECOND)) {
      List<String> layers = layers(Kind.GRADIENT, term);
      if (layers.isEmpty()) {
        continue;
      }
      List<Series> series = new ArrayList<>();
      for (EpochStatistics epoch : ends()) {
        double[] norms =
            layers.stream()
                .mapToDouble(
                    layer ->
                        epoch
                            .find(layer, Kind.GRADIENT, term)
                            .map(Histogram::norm)
                            .orElse(Double.NaN))
                .toArray();
        series.add(Series.counted("epoch " + (epoch.epoch() + 1), norms));
      }
      String order = term == Term.FIRST ? "first-order" : "second-order";
      charts.add(
          Chart.lines(
                  "Gradients of " + order + " weights by depth",
                  Axis.count("layer, from the input"),
                  Axis.log("norm"),
                  series)
              .note(labels.of(layers.getFirst()) + " … " + labels.of(layers.getLast())));
    }
    return charts;
  }

  private List<EpochStatistics> ends() {
    return epochs.size() == 1 ? epochs : List.of(epochs.getFirst(), epochs.getLast());
  }

  private List<String> layers(Kind kind, Term term) {
    return epochs.getLast().layers().stream()
        .filter(s -> s.kind() == kind && s.term() == term)
        .map(LayerStatistics::layer)
        .toList();
  }

  /** For each layer with weights, its distributions, folded away. */
  String distributions(LayerLabels labels) {
    Map<String, List<Chart>> byLayer = new LinkedHashMap<>();
    List<LayerStatistics> firstOrderFirst =
        epochs.getLast().layers().stream()
            .sorted(Comparator.comparing(LayerStatistics::term))
            .toList();
    for (Kind kind : Kind.values()) {
      for (LayerStatistics last : firstOrderFirst) {
        if (last.kind() == kind && (kind != Kind.ACTIVATION || byLayer.containsKey(last.layer()))) {
          byLayer.computeIfAbsent(last.layer(), _ -> new ArrayList<>()).add(chart(last));
        }
      }
    }
    StringBuilder html = new StringBuilder();
    byLayer.forEach(
        (layer, charts) ->
            html.append("<details><summary>")
                .append(escape(layer.isEmpty() ? "the network" : labels.of(layer)))
                .append("</summary>\n")
                .append(InlineSvg.figures(charts))
                .append("</details>\n"));
    return html.toString();
  }

  private Chart chart(LayerStatistics which) {
    List<Series> series = new ArrayList<>();
    for (EpochStatistics epoch : sampled()) {
      epoch
          .find(which.layer(), which.kind(), which.term())
          .ifPresent(
              h -> series.add(new Series("epoch " + (epoch.epoch() + 1), h.middles(), h.shares())));
    }
    return Chart.lines(title(which), Axis.of("value"), Axis.percent("share"), series)
        .kind(Chart.Kind.FADING_LINES);
  }

  /** A chart and a name for its file. */
  record Named(String name, Chart chart) {}

  /** For each layer with weights and each kind of numbers, the distributions of its terms. */
  static List<Named> byLayer(EpochStatistics model) {
    List<Named> charts = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      Map<String, List<Series>> byLayer = new LinkedHashMap<>();
      for (LayerStatistics one : model.layers()) {
        if (one.kind() == kind && hasWeights(model, one.layer())) {
          Histogram histogram = one.histogram();
          byLayer
              .computeIfAbsent(one.layer(), _ -> new ArrayList<>())
              .add(new Series(title(one), histogram.middles(), histogram.shares()));
        }
      }
      String what = kind.name().toLowerCase(Locale.ROOT) + "s";
      byLayer.forEach(
          (layer, series) ->
              charts.add(
                  new Named(
                      what + "-" + layer,
                      Chart.lines(
                          what + " of " + layer,
                          Axis.of("value"),
                          Axis.percent("share"),
                          series))));
    }
    return charts;
  }

  static boolean hasWeights(EpochStatistics model, String layer) {
    return model.layers().stream()
        .anyMatch(s -> s.kind() == Kind.WEIGHT && s.layer().equals(layer));
  }

  private static String title(LayerStatistics which) {
    String what =
        switch (which.kind()) {
          case WEIGHT -> "weights";
          case GRADIENT -> "gradients";
          case ACTIVATION -> "activations";
        };
    return switch (which.term()) {
      case FIRST -> "First-order " + what;
      case SECOND -> "Second-order " + what;
      case SUM -> "Output";
    };
  }

  /** The first epoch, the last, and some between, evenly. */
  private List<EpochStatistics> sampled() {
    Set<Integer> chosen = new TreeSet<>();
    for (int i = 0; i < EPOCHS; i++) {
      chosen.add(Math.round((epochs.size() - 1) * i / (float) (EPOCHS - 1)));
    }
    return chosen.stream().map(epochs::get).toList();
  }
}
