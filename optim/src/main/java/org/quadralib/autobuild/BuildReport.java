package org.quadralib.autobuild;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.quadralib.io.AtomicFile;
import org.quadralib.layers.Layer;
import org.quadralib.layers.ModelSummary;
import org.quadralib.memory.Bytes;
import org.quadralib.tensor.Shape;

/** A build as one HTML page without links to anything outside. */
public final class BuildReport {
  private static final String STYLE =
      """
      :root { color-scheme: light dark; --ink: #222; --paper: #fff; --bar: #3572b0; --line: #ccc; }
      @media (prefers-color-scheme: dark) {
        :root { --ink: #ddd; --paper: #16181c; --bar: #6aa6e0; --line: #444; } }
      body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
        max-width: 60rem; margin: 1rem auto; padding: 0 1rem; }
      table { border-collapse: collapse; font-size: .9rem; }
      .wide { overflow-x: auto; }
      td, th { padding: .2rem .6rem; border-bottom: 1px solid var(--line); text-align: right; }
      td:first-child, th:first-child, td.text { text-align: left; }
      svg { max-width: 100%; height: auto; }
      svg text { fill: var(--ink); font-size: 12px; }
      rect, circle { fill: var(--bar); }
      polyline { fill: none; stroke: var(--bar); stroke-width: 2; }
      .axis { stroke: var(--line); }
      .two { display: flex; flex-wrap: wrap; gap: 2rem; }
      """;

  private final StringBuilder html = new StringBuilder();
  private final AutoBuildResult result;
  private final Shape example;

  private BuildReport(AutoBuildResult result, Shape example) {
    this.result = result;
    this.example = example;
  }

  /** Writes the page in one step. */
  public static void write(Path file, AutoBuildResult result, Shape example) throws IOException {
    byte[] bytes = new BuildReport(result, example).page().getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(
        file,
        channel -> {
          ByteBuffer left = ByteBuffer.wrap(bytes);
          while (left.hasRemaining()) {
            channel.write(left);
          }
        });
  }

  private String page() {
    html.append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
        .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
        .append("<title>Auto-builder</title><style>\n")
        .append(STYLE)
        .append("</style></head><body>\n<h1>From first-order to quadratic</h1>\n<p>")
        .append(escape(result.note()))
        .append("</p>\n");
    stages();
    path();
    for (Stage stage : result.stages()) {
      if (!stage.probes().isEmpty()) {
        importance(stage);
      }
    }
    html.append("<h2>Architectures</h2>\n<div class=\"two\">");
    architecture("Before", result.firstOrder());
    architecture("After", result.network());
    return html.append("</div>\n</body></html>\n").toString();
  }

  private List<Stage> all() {
    List<Stage> all = new ArrayList<>(result.stages());
    if (result.baseline() != null) {
      all.add(result.baseline());
    }
    return all;
  }

  private void stages() {
    html.append("<h2>Stages</h2>\n<p>Validation images choose; test images are only reported. ")
        .append("Kept: bytes from the forward to the backward pass of a training step.</p>\n")
        .append("<div class=\"wide\"><table><tr><th>stage</th><th>parameters</th><th>MACs</th>")
        .append("<th>kept</th><th>epochs</th><th>validation</th><th>test</th><th>seconds</th>")
        .append("<th>removed</th></tr>\n");
    for (Stage stage : all()) {
      html.append(
          String.format(
              Locale.ROOT,
              "<tr><td>%s</td><td>%,d</td><td>%,d</td><td>%s</td><td>%d</td><td>%.2f%%</td>"
                  + "<td>%.2f%%</td><td>%.1f</td><td class=\"text\">%s</td></tr>%n",
              escape(stage.name()),
              stage.cost().parameters(),
              stage.cost().macs(),
              Bytes.format(stage.cost().savedBytes()),
              stage.epochs(),
              100 * stage.validationAccuracy(),
              100 * stage.testAccuracy(),
              stage.trainSeconds(),
              escape(String.join(", ", stage.removed()))));
    }
    html.append("</table></div>\n");
    for (Stage stage : result.stages()) {
      if (stage.name().equals("converted")) {
        html.append(
            String.format(
                Locale.ROOT,
                "<p>The conversion changed outputs by %.1e of the largest.</p>%n",
                stage.outputDifference()));
      }
    }
  }

  /** Validation accuracy against parameters, stage by stage. */
  private void path() {
    double most =
        all().stream().mapToLong(stage -> stage.cost().parameters()).max().orElse(1) * 1.05;
    html.append("<h2>Size and accuracy</h2>\n<svg viewBox=\"0 0 640 320\" role=\"img\" ")
        .append("aria-label=\"validation accuracy against parameters\">")
        .append("<line class=\"axis\" x1=\"50\" y1=\"280\" x2=\"630\" y2=\"280\"/>")
        .append("<line class=\"axis\" x1=\"50\" y1=\"20\" x2=\"50\" y2=\"280\"/>")
        .append("<text x=\"540\" y=\"300\">parameters</text>")
        .append("<text x=\"4\" y=\"14\">validation accuracy</text>");
    for (int tick = 0; tick <= 4; tick++) {
      html.append(
          String.format(
              Locale.ROOT,
              "<text x=\"4\" y=\"%.1f\">%d%%</text><text x=\"%.1f\" y=\"314\">%.2fM</text>",
              284 - 65.0 * tick,
              25 * tick,
              40 + 145.0 * tick,
              most * tick / 4 / 1e6));
    }
    StringBuilder line = new StringBuilder();
    for (Stage stage : all()) {
      double x = 50 + 580 * stage.cost().parameters() / most;
      double y = 280 - 260 * stage.validationAccuracy();
      if (stage != result.baseline()) {
        line.append(String.format(Locale.ROOT, "%.1f,%.1f ", x, y));
      }
      html.append(
          String.format(
              Locale.ROOT,
              "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\"><title>%s</title></circle>"
                  + "<text x=\"%.1f\" y=\"%.1f\">%s</text>",
              x,
              y,
              escape(stage.name()),
              x + 6,
              y - 6,
              escape(stage.name())));
    }
    html.append("<polyline points=\"").append(line).append("\"/></svg>\n");
  }

  /** Bars of RI, in which the longest is the whole width. */
  private void importance(Stage stage) {
    double largest = stage.probes().stream().mapToDouble(Probe::importance).max().orElse(1);
    int height = 22 * stage.probes().size() + 4;
    html.append("<h2>Before ")
        .append(escape(stage.name()))
        .append("</h2>\n<p>RI, share of parameters times share of computation over the accuracy")
        .append(" lost: long bars are costly and dispensable. Removed: ")
        .append(escape(String.join(", ", stage.removed())))
        .append(".</p>\n")
        .append(
            "<svg viewBox=\"0 0 640 %d\" role=\"img\" aria-label=\"RI by unit\">"
                .formatted(height));
    int y = 2;
    for (Probe probe : stage.probes()) {
      html.append(
          String.format(
              Locale.ROOT,
              "<text x=\"0\" y=\"%d\">%s</text><rect x=\"170\" y=\"%d\" width=\"%.1f\""
                  + " height=\"16\"/><text x=\"430\" y=\"%d\">%.2e (%.1f%% of parameters,"
                  + " %.1f%% lost)</text>",
              y + 13,
              escape(probe.unit()),
              y,
              Math.max(0.5, 250 * probe.importance() / largest),
              y + 13,
              probe.importance(),
              100 * probe.parameterShare(),
              100 * probe.accuracyLoss()));
      y += 22;
    }
    html.append("</svg>\n");
  }

  private void architecture(String title, Layer network) {
    ModelSummary summary = ModelSummary.of(network, example);
    html.append("<div class=\"wide\"><h3>")
        .append(title)
        .append("</h3><table><tr><th>layer</th><th>operation</th><th>output</th>")
        .append("<th>parameters</th></tr>\n");
    for (ModelSummary.Row row : summary.rows()) {
      html.append(
          String.format(
              Locale.ROOT,
              "<tr><td>%s</td><td class=\"text\">%s</td><td>%s</td><td>%,d</td></tr>%n",
              escape(row.path()),
              escape(row.operation()),
              row.output(),
              row.parameters()));
    }
    html.append("</table></div>\n");
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
