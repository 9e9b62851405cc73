package org.quadralib.profile;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.quadralib.io.AtomicFile;
import org.quadralib.layers.Backprop;
import org.quadralib.memory.Bytes;
import org.quadralib.memory.Category;

/**
 * A {@link Profile} as one HTML page without links, light and dark, for wide and narrow screens.
 */
public final class ProfileHtml {
  /** Rows of what is alive at the peak before the rest is summed up. */
  private static final int SHOWN = 40;

  private static final String STYLE =
      """
      :root { color-scheme: light dark; --ink: #1c2126; --paper: #ffffff; --muted: #5b6670;
        --grid: #d9dee3; --parameter: #0072b2; --gradient: #d55e00; --optimizer: #56b4e9;
        --activation: #009e73; --workspace: #999999; --input: #cc79a7; --output: #e69f00; }
      @media (prefers-color-scheme: dark) { :root { --ink: #e8eaed; --paper: #16191c;
        --muted: #a0abb5; --grid: #343a40; } }
      body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper);
        margin: 0 auto; padding: 1rem; max-width: 64rem; }
      h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
      p, caption { color: var(--muted); }
      svg { width: 100%; height: auto; } .label { font: 12px system-ui, sans-serif; fill: var(--ink); }
      .scroll { overflow-x: auto; } .scroll svg { min-width: 40rem; } table { border-collapse: collapse; font-size: .85rem; }
      th, td { padding: .25rem .6rem; text-align: right; border-bottom: 1px solid var(--grid);
        white-space: nowrap; font-variant-numeric: tabular-nums; }
      th:first-child, td:first-child, .text { text-align: left; }
      .key { display: inline-block; width: .8em; height: .8em; margin-right: .35em; }
      .legend span { margin-right: 1em; white-space: nowrap; }
      """;

  private ProfileHtml() {}

  /** The page. */
  public static String of(Profile profile) {
    Profile.Subject subject = profile.subject();
    StringBuilder html = new StringBuilder();
    html.append("<!doctype html>\n<html lang='en'>\n<head>\n<meta charset='utf-8'>\n");
    html.append("<meta name='viewport' content='width=device-width, initial-scale=1'>\n");
    String title = "%s, batch %d".formatted(escape(subject.model()), subject.batch());
    html.append("<title>Profile of ").append(title).append("</title>\n<style>\n").append(STYLE);
    html.append("</style>\n</head>\n<body>\n<h1>Profile of ").append(title).append("</h1>\n");
    html.append(
        text(
            "<p>Images of %s, back-propagation %s, on %s.</p>\n",
            escape(subject.input()), escape(subject.backprop()), escape(subject.backend())));
    html.append(section(profile));
    return html.append("</body>\n</html>\n").toString();
  }

  /** What the page shows, without its frame: other reports take it in with {@link #style()}. */
  public static String section(Profile profile) {
    StringBuilder html = new StringBuilder();
    totals(html, profile);
    html.append("<h2>Memory over a step</h2>\n<p class='legend'>");
    for (Category category : TimelineChart.drawn(profile.timeline())) {
      html.append(key(category)).append(TimelineChart.name(category)).append("</span> ");
    }
    html.append("</p>\n<div class='scroll'>").append(TimelineChart.svg(profile.timeline()));
    html.append("</div>\n<p>Each operation of the step in its order, from left to right.</p>\n");
    layers(html, profile.layers());
    alive(html, profile.timeline());
    return html.toString();
  }

  /** The style sheet of {@link #section}. */
  public static String style() {
    return STYLE;
  }

  /** Writes the page into a file. */
  public static void write(Path file, Profile profile) throws IOException {
    byte[] bytes = of(profile).getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, channel -> Channels.newOutputStream(channel).write(bytes));
  }

  private static void totals(StringBuilder html, Profile profile) {
    html.append("<table>\n");
    total(html, "time of a training step", "%.1f ms", profile.stepMillis());
    total(html, "time of inference", "%.1f ms", profile.inferMillis());
    total(html, "peak, predicted", "%s", Bytes.format(profile.predictedPeakBytes()));
    total(html, "peak, measured", "%s", Bytes.format(profile.measuredPeakBytes()));
    for (Backprop way : Backprop.values()) {
      long bytes = profile.savedBytes().getOrDefault(way, 0L);
      total(html, "kept for backward, " + lower(way), "%s", Bytes.format(bytes));
    }
    total(html, "kept for backward in this step", "%s", Bytes.format(profile.stepSavedBytes()));
    total(html, "parameters", "%,d", profile.parameters());
    total(html, "multiply-accumulates per image", "%,d", profile.macs());
    html.append("</table>\n");
  }

  private static void total(StringBuilder html, String what, String format, Object value) {
    html.append(text("<tr><td>%s</td><td>" + format + "</td></tr>\n", what, value));
  }

  private static void layers(StringBuilder html, List<LayerProfile> layers) {
    html.append("<h2>Layers</h2>\n<p>Kept: from the forward for the backward pass.</p>\n");
    html.append("<div class='scroll'><table>\n<tr><th>layer</th><th class='text'>operation</th>");
    html.append("<th>parameters</th><th>MACs per image</th>");
    for (Backprop way : Backprop.values()) {
      html.append("<th>kept, ").append(lower(way)).append("</th>");
    }
    html.append("<th>workspace</th><th>forward</th><th>backward</th><th>GFLOP/s</th></tr>\n");
    for (LayerProfile layer : layers) {
      html.append(
          text(
              "<tr><td>%s</td><td class='text'>%s</td><td>%,d</td><td>%,d</td>",
              escape(layer.path()), escape(layer.operation()), layer.parameters(), layer.macs()));
      for (Backprop way : Backprop.values()) {
        html.append(text("<td>%s</td>", Bytes.format(layer.savedBytes().getOrDefault(way, 0L))));
      }
      html.append(
          text(
              "<td>%s</td><td>%.2f ms</td><td>%.2f ms</td><td>%.1f</td></tr>\n",
              Bytes.format(layer.workspaceBytes()),
              layer.forwardMillis(),
              layer.backwardMillis(),
              layer.gigaflops()));
    }
    html.append("</table></div>\n");
  }

  private static void alive(StringBuilder html, Timeline timeline) {
    Timeline.Moment moment = timeline.moments().get(timeline.peak());
    html.append("<h2>Alive at the peak</h2>\n");
    html.append(
        text(
            "<p>During %s of layer %s, operation %d of %d: %s live, and %s of gaps between"
                + " buffers.</p>\n",
            escape(moment.operation()),
            escape(moment.layer()),
            moment.position(),
            timeline.moments().size(),
            Bytes.format(moment.liveBytes()),
            Bytes.format(timeline.gapBytes())));
    html.append("<div class='scroll'><table>\n<tr><th>name</th><th class='text'>category</th>");
    html.append("<th>shape</th><th>bytes</th></tr>\n");
    List<Timeline.Live> alive = timeline.atPeak();
    for (Timeline.Live live : alive.subList(0, Math.min(SHOWN, alive.size()))) {
      html.append(
          text(
              "<tr><td>%s</td><td class='text'>%s%s</span></td><td>%s</td><td>%,d</td></tr>\n",
              escape(live.name()),
              key(live.category()),
              TimelineChart.name(live.category()),
              live.shape() == null ? "" : live.shape(),
              live.bytes()));
    }
    if (alive.size() > SHOWN) {
      List<Timeline.Live> rest = alive.subList(SHOWN, alive.size());
      html.append(
          text(
              "<tr><td>the other %d</td><td></td><td></td><td>%,d</td></tr>\n",
              rest.size(), rest.stream().mapToLong(Timeline.Live::bytes).sum()));
    }
    html.append("</table></div>\n");
  }

  private static String key(Category category) {
    return "<span><i class='key' style='background:var(--%s)'></i>"
        .formatted(TimelineChart.name(category));
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("'", "&#39;");
  }

  private static String text(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
