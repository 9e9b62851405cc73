package org.quadralib.report;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;
import org.quadralib.autobuild.AutoBuildConfig;
import org.quadralib.autobuild.AutoBuildResult;
import org.quadralib.autobuild.Probe;
import org.quadralib.autobuild.Stage;
import org.quadralib.chart.Axis;
import org.quadralib.chart.Chart;
import org.quadralib.chart.InlineSvg;
import org.quadralib.chart.Series;
import org.quadralib.data.DataSplits;
import org.quadralib.data.Dataset;
import org.quadralib.html.HtmlBars;
import org.quadralib.html.HtmlPage;
import org.quadralib.html.HtmlTable;
import org.quadralib.layers.Layer;
import org.quadralib.layers.ModelSummary;
import org.quadralib.memory.Bytes;
import org.quadralib.tensor.Shape;

/** A build as one HTML page without links to anything outside. */
public final class BuildReport {
  private final HtmlPage page;
  private final AutoBuildResult result;
  private final AutoBuildConfig config;
  private final DataSplits data;
  private final RunDescription run;

  private BuildReport(
      AutoBuildResult result, AutoBuildConfig config, DataSplits data, RunDescription run) {
    this.page = new HtmlPage(run.model() + ", from first-order to quadratic");
    this.result = result;
    this.config = config;
    this.data = data;
    this.run = run;
  }

  /** Writes the page in one step. */
  public static void write(
      Path file,
      AutoBuildResult result,
      AutoBuildConfig config,
      DataSplits data,
      RunDescription run)
      throws IOException {
    new BuildReport(result, config, data, run).page().write(file);
  }

  private HtmlPage page() {
    page.html("<p class=\"lead\">" + HtmlPage.escape(result.note()) + "</p>");
    setup();
    stages();
    sizes();
    for (Stage stage : result.stages()) {
      if (!stage.probes().isEmpty()) {
        importance(stage);
      }
    }
    page.heading("Architectures");
    page.html(
        "<div class=\"two\">\n"
            + architecture("Before", result.firstOrder())
            + architecture("After", result.network())
            + "</div>");
    return page;
  }

  private void setup() {
    page.heading("How it was made");
    HtmlTable table = HtmlTable.facts();
    table.row("network", run.model());
    table.row(
        "neurons",
        config.conversion().neuron().written()
            + (config.conversion().branchNorm() ? ", each branch normalised" : ""));
    table.row("budget", config.budget().asked());
    table.row("data", run.data());
    part(table, "training", data.train());
    part(table, "validation", data.validation());
    part(table, "test", data.test());
    AutoBuildConfig.Epochs epochs = config.epochs();
    table.row(
        "epochs",
        "%d first-order, %d converted, %d after each removal, %d at the end"
            .formatted(epochs.firstOrder(), epochs.converted(), epochs.round(), epochs.last()));
    table.row("batch", config.batchSize());
    table.row(
        "learning rate",
        "%s, of second-order terms %s of that"
            .formatted(config.learningRate(), config.quadraticLrScale()));
    table.row("seed", config.seed());
    page.table(table);
    for (RunDescription.Command command : run.commands()) {
      page.html(
          "<h3>%s</h3>%n<pre>%s</pre>"
              .formatted(HtmlPage.escape(command.purpose()), words(command)));
    }
    HtmlTable facts = HtmlTable.facts();
    run.facts().forEach(facts::row);
    page.html("<details><summary>All options and versions</summary>" + facts.html() + "</details>");
  }

  private static void part(HtmlTable table, String name, Dataset part) {
    table.row(
        "images for " + name, String.format(Locale.ROOT, "%,d of %s", part.size(), part.shape()));
  }

  /** An option and its value stay in one line. */
  private static String words(RunDescription.Command command) {
    return "<span>"
        + HtmlPage.escape(command.line()).replace(" --", " </span><span>--")
        + "</span>";
  }

  private List<Stage> all() {
    List<Stage> all = new ArrayList<>(result.stages());
    if (result.baseline() != null) {
      all.add(result.baseline());
    }
    return all;
  }

  private void stages() {
    page.heading("Stages");
    page.paragraph(
        "Validation images choose; test images are only reported. Kept: bytes from the forward to"
            + " the backward pass of a training step.");
    HtmlTable table =
        new HtmlTable()
            .text("stage")
            .number("parameters")
            .number("MACs")
            .number("kept")
            .number("epochs")
            .number("validation")
            .number("test")
            .number("seconds")
            .text("removed");
    for (Stage stage : all()) {
      table.row(
          stage.name(),
          grouped(stage.cost().parameters()),
          grouped(stage.cost().macs()),
          Bytes.format(stage.cost().savedBytes()),
          stage.epochs(),
          percent(stage.validationAccuracy()),
          percent(stage.testAccuracy()),
          String.format(Locale.ROOT, "%.1f", stage.trainSeconds()),
          String.join(", ", stage.removed()));
    }
    page.table(table);
    for (Stage stage : result.stages()) {
      if (stage.name().equals("converted")) {
        page.paragraph(
            String.format(
                Locale.ROOT,
                "The conversion changed outputs by %.1e of the largest.",
                stage.outputDifference()));
      }
    }
  }

  private void sizes() {
    page.heading("Size and accuracy");
    page.paragraph(
        "Validation accuracy of each stage over what the network costs: up is better, left is"
            + " cheaper. The line is the path of the build.");
    page.html(
        InlineSvg.figures(
            List.of(
                path("parameters", stage -> stage.cost().parameters()),
                path("MACs", stage -> stage.cost().macs()))));
  }

  private Chart path(String what, ToLongFunction<Stage> cost) {
    double most = all().stream().mapToLong(cost).max().orElse(1);
    double unit = most >= 1e6 ? 1e6 : most >= 1e4 ? 1e3 : 1;
    String unitName = unit == 1e6 ? ", millions" : unit == 1e3 ? ", thousands" : "";
    List<Series> series = new ArrayList<>();
    series.add(points("the build", result.stages(), cost, unit));
    if (result.baseline() != null) {
      String name = "first-order of as many parameters";
      series.add(points(name, List.of(result.baseline()), cost, unit));
    }
    return Chart.lines(
        "Accuracy over " + what,
        Axis.of(what + unitName),
        Axis.percent("validation accuracy"),
        series);
  }

  private static Series points(
      String name, List<Stage> stages, ToLongFunction<Stage> cost, double unit) {
    return new Series(
        name,
        stages.stream().mapToDouble(stage -> cost.applyAsLong(stage) / unit).toArray(),
        stages.stream().mapToDouble(Stage::validationAccuracy).toArray(),
        stages.stream().map(Stage::name).toList());
  }

  /** Bars of RI, in which the longest is the whole width. */
  private void importance(Stage stage) {
    double largest = stage.probes().stream().mapToDouble(Probe::importance).max().orElse(1);
    page.heading("Before " + stage.name());
    page.paragraph(
        "RI, share of parameters times share of computation over the accuracy lost: long bars are"
            + " costly and dispensable. Removed: "
            + String.join(", ", stage.removed())
            + ".");
    HtmlBars bars = new HtmlBars();
    for (Probe probe : stage.probes()) {
      bars.bar(
          probe.unit(),
          probe.importance() / largest,
          String.format(
              Locale.ROOT,
              "%.2e, %.1f%% of parameters, %.1f%% lost",
              probe.importance(),
              100 * probe.parameterShare(),
              100 * probe.accuracyLoss()));
    }
    page.html(bars.html());
  }

  private String architecture(String title, Layer network) {
    HtmlTable table =
        new HtmlTable().text("layer").text("operation").number("output").number("parameters");
    Shape example =
        Shape.of(
            data.train().shape().channels(),
            data.train().shape().height(),
            data.train().shape().width());
    for (ModelSummary.Row row : ModelSummary.of(network, example).rows()) {
      table.row(row.path(), row.operation(), row.output(), grouped(row.parameters()));
    }
    return "<div><h3>%s</h3>%s</div>%n".formatted(title, table.html());
  }

  private static String grouped(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.2f%%", 100 * share);
  }
}
