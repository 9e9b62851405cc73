package org.quadralib.report;

import static org.quadralib.html.HtmlPage.escape;
import static org.quadralib.report.TrainingStory.percent;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.function.ToDoubleFunction;
import org.quadralib.chart.Axis;
import org.quadralib.chart.Chart;
import org.quadralib.chart.InlineSvg;
import org.quadralib.chart.Series;
import org.quadralib.data.DataSplits;
import org.quadralib.data.Dataset;
import org.quadralib.html.HtmlPage;
import org.quadralib.html.HtmlTable;
import org.quadralib.layers.Backprop;
import org.quadralib.layers.LayerLabels;
import org.quadralib.layers.Model;
import org.quadralib.layers.ModelSummary;
import org.quadralib.memory.Bytes;
import org.quadralib.metrics.ConfusionMatrix;
import org.quadralib.plan.Plan;
import org.quadralib.profile.MemoryTimeline;
import org.quadralib.profile.Timeline;
import org.quadralib.train.EpochResult;
import org.quadralib.train.Evaluation;
import org.quadralib.train.Scores;

/** A training run as one page. */
final class TrainingReport {
  /** Rows of what is alive at the peak. */
  private static final int LARGEST = 12;

  private final RunDescription run;
  private final DataSplits data;
  private final TrainingStory story;
  private final ModelSummary summary;
  private final LayerLabels labels;
  private final HtmlPage page;

  TrainingReport(RunDescription run, Model model, DataSplits data, TrainingStory story) {
    this.run = run;
    this.data = data;
    this.story = story;
    this.summary = ModelSummary.of(model.layer(), model.example());
    this.labels = LayerLabels.of(summary);
    this.page = new HtmlPage(run.model() + " trained on " + run.data());
  }

  HtmlPage page(
      Plan plan,
      long predictedPeakBytes,
      long measuredPeakBytes,
      List<Series> learningRates,
      Mistakes mistakes,
      StatisticsCharts statistics) {
    summary();
    tiles(measuredPeakBytes);
    curves(learningRates);
    story.test().ifPresent(test -> errors(test, mistakes));
    inside(statistics);
    memory(plan, predictedPeakBytes, measuredPeakBytes);
    layers();
    facts();
    return page;
  }

  private void summary() {
    Dataset train = data.train();
    String lead =
        String.format(
            Locale.ROOT,
            "The network %s, with %,d parameters, learned to tell %d classes apart from %,d images"
                + " of %s.",
            run.model(),
            summary.parameters(),
            train.classNames().size(),
            train.size(),
            run.data());
    if (story.test().isPresent()) {
      Evaluation test = story.test().get();
      lead +=
          String.format(
              Locale.ROOT,
              " Of %,d test images it had never seen, it recognises %s; always giving the same"
                  + " answer would be right for %s.",
              data.test().size(),
              percent(test.accuracy()),
              percent(mostFrequent(test.confusion())));
    }
    page.html("<p class=\"lead\">" + escape(lead) + "</p>");
    page.paragraph((story.howItEnded() + " " + story.selection()).strip());
    List<String> remarks = story.remarks();
    if (!remarks.isEmpty()) {
      StringBuilder list = new StringBuilder("<ul>\n");
      remarks.forEach(remark -> list.append("<li>").append(escape(remark)).append("</li>\n"));
      page.html(list.append("</ul>").toString());
    }
  }

  /** Share of the largest class: what is reached without looking. */
  private double mostFrequent(ConfusionMatrix confusion) {
    long most = 0;
    for (int label = 0; label < data.test().classNames().size(); label++) {
      most = Math.max(most, confusion.support(label));
    }
    return (double) most / data.test().size();
  }

  private void tiles(long measuredPeakBytes) {
    Optional<Scores> validation = story.selected().flatMap(EpochResult::validation);
    StringBuilder tiles = new StringBuilder("<div class=\"tiles\">\n");
    story.test().ifPresent(test -> tile(tiles, percent(test.accuracy()), "right on test images"));
    validation.ifPresent(s -> tile(tiles, percent(s.accuracy()), "right on validation images"));
    story
        .selected()
        .ifPresent(e -> tile(tiles, percent(e.train().accuracy()), "right while training"));
    tile(tiles, String.format(Locale.ROOT, "%,.1f s", story.trainSeconds()), "of training");
    double images = story.history().stream().mapToDouble(e -> e.train().examples()).sum();
    double seconds = story.history().stream().mapToDouble(EpochResult::seconds).sum();
    if (seconds > 0) {
      tile(tiles, String.format(Locale.ROOT, "%,.0f", images / seconds), "images a second");
    }
    tile(tiles, String.format(Locale.ROOT, "%,d", summary.parameters()), "parameters");
    tile(tiles, abbreviated(summary.macs()), "multiplications per image");
    tile(tiles, Bytes.format(measuredPeakBytes), "of memory at most");
    page.html(tiles.append("</div>").toString());
  }

  private static void tile(StringBuilder tiles, String number, String what) {
    tiles
        .append("<div class=\"tile\"><b>")
        .append(escape(number))
        .append("</b><span>")
        .append(escape(what))
        .append("</span></div>\n");
  }

  private static String abbreviated(long count) {
    return count >= 1_000_000
        ? String.format(Locale.ROOT, "%,.1f million", count / 1e6)
        : String.format(Locale.ROOT, "%,d", count);
  }

  private void curves(List<Series> learningRates) {
    if (story.history().isEmpty()) {
      return;
    }
    page.heading("How it learned");
    page.paragraph(
        "An epoch is one pass over the training images. Loss is how wrong the network is on"
            + " average, the lower the better; accuracy is the share of images it gets right. Where"
            + " the curve of validation turns away from that of training, the network learns by"
            + " heart.");
    Axis epoch = Axis.count("epoch");
    page.html(
        InlineSvg.figures(
            List.of(
                Chart.lines("Loss", epoch, Axis.of("loss"), both(Scores::loss)),
                Chart.lines("Accuracy", epoch, Axis.percent("right"), both(Scores::accuracy)),
                Chart.lines("Learning rate", epoch, Axis.of("learning rate"), learningRates))));
    page.html("<details><summary>All epochs in numbers</summary>" + epochs().html() + "</details>");
  }

  private List<Series> both(ToDoubleFunction<Scores> value) {
    List<EpochResult> history = story.history();
    double[] at = history.stream().mapToDouble(e -> e.epoch() + 1).toArray();
    List<Series> series = new ArrayList<>();
    series.add(
        new Series(
            "training",
            at,
            history.stream().mapToDouble(e -> value.applyAsDouble(e.train())).toArray()));
    if (data.hasValidation()) {
      series.add(
          new Series(
              "validation",
              at,
              history.stream()
                  .mapToDouble(e -> e.validation().map(value::applyAsDouble).orElse(Double.NaN))
                  .toArray()));
    }
    return series;
  }

  private HtmlTable epochs() {
    HtmlTable table =
        new HtmlTable()
            .number("epoch")
            .number("loss")
            .number("accuracy")
            .number("validation loss")
            .number("validation accuracy")
            .number("learning rate")
            .number("seconds")
            .text("");
    for (EpochResult epoch : story.history()) {
      table.row(
          epoch.epoch() + 1,
          number("%.4f", epoch.train().loss()),
          percent(epoch.train().accuracy()),
          epoch.validation().map(s -> number("%.4f", s.loss())).orElse("–"),
          epoch.validation().map(s -> percent(s.accuracy())).orElse("–"),
          number("%.2e", epoch.learningRate()),
          number("%.1f", epoch.seconds()),
          story.best().isPresent() && story.best().get().epoch() == epoch.epoch() ? "kept" : "");
    }
    return table;
  }

  private static String number(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }

  private void errors(Evaluation test, Mistakes mistakes) {
    page.heading("Where it errs");
    page.paragraph(
        String.format(
            Locale.ROOT,
            "%,d of the %,d test images were taken for another class.%s Rows are true classes,"
                + " columns what they were taken for: blue is right, orange is wrong.",
            mistakes.count(),
            data.test().size(),
            mistakes.undecided() == 0
                ? ""
                : String.format(
                    Locale.ROOT,
                    " For %,d more it gave no answer: its outputs were not numbers.",
                    mistakes.undecided())));
    page.html(ConfusionHtml.of(test.confusion(), data.test().classNames()));
    if (mistakes.worst().isEmpty()) {
      return;
    }
    page.html("<h3>Worst mistakes</h3>");
    page.note("Test images whose true class it found least likely.");
    StringBuilder pictures = new StringBuilder("<div class=\"pictures\">\n");
    List<String> names = data.test().classNames();
    for (Mistakes.Mistake mistake : mistakes.worst()) {
      String name = escape(names.get(mistake.label()));
      pictures.append(
          "<figure><img alt=\"%s\" src=\"%s\"><figcaption>is <b>%s</b>, taken for <b>%s</b><small>%s sure; gave the truth %s<br>test image %d</small></figcaption></figure>%n"
              .formatted(
                  name,
                  Mistakes.picture(data.test(), mistake.index()).dataUri(),
                  name,
                  escape(names.get(mistake.predicted())),
                  number("%.1f%%", 100 * mistake.confidence()),
                  number("%.1f%%", 100 * mistake.ofLabel()),
                  mistake.index()));
    }
    page.html(pictures.append("</div>").toString());
  }

  private void inside(StatisticsCharts statistics) {
    if (statistics.isEmpty()) {
      return;
    }
    page.heading("What went on inside");
    List<Chart> depth = statistics.gradientsByDepth(labels);
    if (!depth.isEmpty()) {
      page.paragraph(
          "Gradients say how each weight must change. Where their norm falls to almost nothing"
              + " towards the input, the first layers do not learn; second-order terms are most"
              + " prone to it.");
      page.html(InlineSvg.figures(depth));
    }
    page.paragraph(
        "Distributions of weights, of their gradients in the last step of an epoch, and of what"
            + " layers give for validation images, layer by layer; the later the epoch, the"
            + " stronger its colour.");
    page.html(statistics.distributions(labels));
  }

  private void memory(Plan plan, long predictedPeakBytes, long measuredPeakBytes) {
    page.heading("Memory");
    page.paragraph(
        String.format(
            Locale.ROOT,
            "The whole run was predicted to need %,d bytes and held %,d; the images take %s of"
                + " them. One training step needs %s, of which %s are kept from the forward to the"
                + " backward pass.",
            predictedPeakBytes,
            measuredPeakBytes,
            Bytes.format(data.heldBytes()),
            Bytes.format(plan.peakBytes()),
            Bytes.format(plan.savedBytes())));
    page.paragraph(backprop(plan));
    Timeline timeline = Timeline.of(plan);
    page.html(InlineSvg.broadFigure(MemoryTimeline.chart(timeline)));
    page.html(
        "<details><summary>What is in memory when most is</summary>"
            + MemoryTimeline.largest(timeline, labels, LARGEST).html()
            + "</details>");
  }

  /** How much of the network is computed again, and what for. */
  private String backprop(Plan plan) {
    Map<String, Backprop> ways = run.backprop().layers();
    StringJoiner counts = new StringJoiner(", ");
    for (Backprop way : Backprop.values()) {
      int count = Collections.frequency(ways.values(), way);
      if (count > 0) {
        counts.add(counted(count, "layer") + " " + name(way));
      }
    }
    String text =
        run.budgetBytes().isEmpty()
            ? ""
            : "A step was allowed %s (--memory); %s of that are used. "
                .formatted(
                    Bytes.format(run.budgetBytes().getAsLong()), Bytes.format(plan.peakBytes()));
    return text
        + "Ways of back-propagation, as the table of layers has them: "
        + (counts.length() == 0 ? "autodiff for all" : counts)
        + ". Autodiff keeps all that the backward pass reads, hybrid computes the maps of quadratic"
        + " layers again, block those of a whole block of convolution, norm and activation: the"
        + " more is computed again, the less is kept, and the longer a step takes.";
  }

  private static String name(Backprop way) {
    return way.name().toLowerCase(Locale.ROOT);
  }

  private static String counted(int count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }

  private void layers() {
    page.heading("The network");
    HtmlTable table =
        new HtmlTable()
            .text("layer")
            .text("operation")
            .text("back-propagation")
            .number("output")
            .number("parameters")
            .number("MACs");
    for (ModelSummary.Row row : summary.rows()) {
      table.row(
          labels.of(row.path()),
          row.operation(),
          run.backprop().layers().containsKey(row.path())
              ? name(run.backprop().apply(row.path()))
              : "",
          row.output(),
          String.format(Locale.ROOT, "%,d", row.parameters()),
          String.format(Locale.ROOT, "%,d", row.macs()));
    }
    table.row(
        "total",
        "",
        "",
        "",
        String.format(Locale.ROOT, "%,d", summary.parameters()),
        String.format(Locale.ROOT, "%,d", summary.macs()));
    page.note("Shapes are for one image; a MAC is one multiplication and addition.");
    page.html(
        "<details><summary>"
            + counted(summary.rows().size(), "layer")
            + "</summary>"
            + table.html()
            + "</details>");
  }

  private void facts() {
    if (!run.commands().isEmpty()) {
      page.heading("What to type next");
      for (RunDescription.Command command : run.commands()) {
        page.html(
            "<h3>" + escape(command.purpose()) + "</h3>\n<pre>" + words(command.line()) + "</pre>");
      }
    }
    page.heading("How it was made");
    HtmlTable table = HtmlTable.facts();
    part(table, "training", data.train());
    part(table, "validation", data.validation());
    part(table, "test", data.test());
    run.facts().forEach(table::row);
    page.table(table);
  }

  /** An option and its value stay in one line. */
  private static String words(String command) {
    return "<span>" + escape(command).replace(" --", " </span><span>--") + "</span>";
  }

  private static void part(HtmlTable table, String name, Dataset part) {
    table.row(
        "images for " + name,
        String.format(
            Locale.ROOT,
            "%,d of %s, SHA-256 %s…",
            part.size(),
            part.shape(),
            part.checksum().substring(0, 12)));
  }
}
