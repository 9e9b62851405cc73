package org.quadralib.profile;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.quadralib.chart.InlineSvg;
import org.quadralib.html.HtmlPage;
import org.quadralib.html.HtmlTable;
import org.quadralib.layers.Backprop;
import org.quadralib.layers.LayerLabels;
import org.quadralib.memory.Bytes;

/** A {@link Profile} as a page. */
public final class ProfileHtml {
  /** Rows of what is alive at the peak before the rest is summed up. */
  private static final int SHOWN = 40;

  private ProfileHtml() {}

  /** The page. */
  public static HtmlPage of(Profile profile) {
    Profile.Subject subject = profile.subject();
    HtmlPage page =
        new HtmlPage("Profile of %s, batch %d".formatted(subject.model(), subject.batch()));
    page.paragraph(
        "Images of %s, back-propagation %s, on %s."
            .formatted(subject.input(), subject.backprop(), subject.backend()));
    page.table(totals(profile));
    page.heading("Memory over a step");
    page.html(InlineSvg.broadFigure(MemoryTimeline.chart(profile.timeline())));
    page.note(MemoryTimeline.phases(profile.timeline()));
    page.heading("Layers");
    page.note("Kept: from the forward for the backward pass.");
    page.table(layers(profile));
    alive(page, profile.timeline(), profile.labels());
    return page;
  }

  /** Writes the page into a file. */
  public static void write(Path file, Profile profile) throws IOException {
    of(profile).write(file);
  }

  private static HtmlTable totals(Profile profile) {
    HtmlTable table = HtmlTable.facts();
    table.row("time of a training step", text("%.1f ms", profile.stepMillis()));
    table.row("time of inference", text("%.1f ms", profile.inferMillis()));
    table.row("peak, predicted", Bytes.format(profile.predictedPeakBytes()));
    table.row("peak, measured", Bytes.format(profile.measuredPeakBytes()));
    profile
        .residentGrowthBytes()
        .ifPresent(bytes -> table.row("growth of the process", Bytes.format(bytes)));
    profile
        .highestResidentGrowthBytes()
        .ifPresent(
            bytes -> table.row("growth of the process, at its highest", Bytes.format(bytes)));
    for (Backprop way : Backprop.values()) {
      long bytes = profile.savedBytes().getOrDefault(way, 0L);
      table.row("kept for backward, " + name(way), Bytes.format(bytes));
    }
    table.row("kept for backward in this step", Bytes.format(profile.stepSavedBytes()));
    table.row("parameters", text("%,d", profile.parameters()));
    table.row("MACs per image", text("%,d", profile.macs()));
    return table;
  }

  private static HtmlTable layers(Profile profile) {
    HtmlTable table =
        new HtmlTable().dense().text("layer").text("operation").number("parameters").number("MACs");
    for (Backprop way : Backprop.values()) {
      table.number("kept, " + name(way));
    }
    table.number("workspace").number("forward").number("backward").number("GFLOP/s");
    LayerLabels labels = profile.labels();
    for (LayerProfile layer : profile.layers()) {
      table.row(
          labels.of(layer.path()),
          layer.operation(),
          text("%,d", layer.parameters()),
          text("%,d", layer.macs()),
          kept(layer, Backprop.AUTODIFF),
          kept(layer, Backprop.HYBRID),
          kept(layer, Backprop.BLOCK),
          Bytes.format(layer.workspaceBytes()),
          text("%.2f ms", layer.forwardMillis()),
          text("%.2f ms", layer.backwardMillis()),
          text("%.1f", layer.gigaflops()));
    }
    return table;
  }

  private static String kept(LayerProfile layer, Backprop way) {
    return Bytes.format(layer.savedBytes().getOrDefault(way, 0L));
  }

  private static void alive(HtmlPage page, Timeline timeline, LayerLabels labels) {
    Timeline.Moment moment = timeline.moments().get(timeline.peak());
    page.heading("Alive at the peak");
    page.paragraph(
        "During %s of layer %s, operation %d of %d: %s live (%s), and %s of gaps between buffers."
            .formatted(
                moment.operation(),
                labels.of(moment.layer()),
                moment.position(),
                timeline.moments().size(),
                Bytes.format(moment.liveBytes()),
                AtPeak.byCategory(timeline),
                Bytes.format(timeline.gapBytes())));
    page.table(MemoryTimeline.largest(timeline, labels, SHOWN));
  }

  private static String name(Backprop way) {
    return way.name().toLowerCase(Locale.ROOT);
  }

  private static String text(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
