package org.quadralib.autobuild;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.quadralib.html.HtmlBars;
import org.quadralib.html.HtmlPage;
import org.quadralib.html.HtmlTable;
import org.quadralib.layers.Layer;
import org.quadralib.layers.ModelSummary;
import org.quadralib.memory.Bytes;
import org.quadralib.tensor.Shape;

/** A build as one HTML page without links to anything outside. */
public final class BuildReport {
  private final HtmlPage page = new HtmlPage("From first-order to quadratic");
  private final AutoBuildResult result;
  private final Shape example;

  private BuildReport(AutoBuildResult result, Shape example) {
    this.result = result;
    this.example = example;
  }

  /** Writes the page in one step. */
  public static void write(Path file, AutoBuildResult result, Shape example) throws IOException {
    new BuildReport(result, example).page().write(file);
  }

  private HtmlPage page() {
    page.html("<p class=\"lead\">" + HtmlPage.escape(result.note()) + "</p>");
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
    double most = all().stream().mapToLong(stage -> stage.cost().parameters()).max().orElse(1);
    HtmlBars parameters = new HtmlBars();
    HtmlBars accuracy = new HtmlBars();
    for (Stage stage : all()) {
      long count = stage.cost().parameters();
      parameters.bar(stage.name(), count / most, grouped(count));
      accuracy.bar(stage.name(), stage.validationAccuracy(), percent(stage.validationAccuracy()));
    }
    page.heading("Size and accuracy");
    page.html(
        "<div class=\"charts\"><figure><figcaption>Parameters</figcaption>%s</figure>%n<figure><figcaption>Validation accuracy</figcaption>%s</figure></div>"
            .formatted(parameters.html(), accuracy.html()));
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
