package org.quadralib.report;

import static org.quadralib.html.HtmlPage.escape;
import static org.quadralib.report.TrainingStory.percent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.quadralib.analysis.Agreement;
import org.quadralib.analysis.Answers;
import org.quadralib.analysis.EpochStatistics;
import org.quadralib.analysis.Evidence;
import org.quadralib.analysis.FeatureMaps;
import org.quadralib.analysis.Histogram;
import org.quadralib.analysis.LayerStatistics;
import org.quadralib.analysis.LayerStatistics.Kind;
import org.quadralib.analysis.Term;
import org.quadralib.chart.Axis;
import org.quadralib.chart.Chart;
import org.quadralib.chart.InlineSvg;
import org.quadralib.chart.Pictures;
import org.quadralib.chart.PngImage;
import org.quadralib.chart.Series;
import org.quadralib.html.HtmlPage;
import org.quadralib.html.HtmlTable;
import org.quadralib.layers.LayerLabels;
import org.quadralib.tensor.Shape;

/**
 * An analysis as one page, and its pictures as files beside it. Parts appear in the order in which
 * they are added.
 */
public final class AnalysisReport {
  /** Says what an analysis wrote into its folder. */
  private static final String FILES = "files.txt";

  private static final int CHANNELS = 6;
  private static final int COLUMNS = 3;
  private static final int PICTURE = 96;
  private static final int MOST_DIFFERENCES = 24;

  private final Path folder;
  private final HtmlPage page;
  private final List<PngImage> pictures;
  private final List<String> captions;
  private final List<String> classNames;
  private final LayerLabels labels;
  private final List<Path> files = new ArrayList<>();

  /**
   * An empty page.
   *
   * @param folder where files go; it must exist
   * @param labels of the model's layers
   * @param pictures the images, for people
   * @param captions one for each
   */
  public AnalysisReport(
      Path folder,
      LayerLabels labels,
      String title,
      String lead,
      List<PngImage> pictures,
      List<String> captions,
      List<String> classNames) {
    this.folder = folder;
    this.labels = labels;
    this.page = new HtmlPage(title);
    this.pictures = List.copyOf(pictures);
    this.captions = List.copyOf(captions);
    this.classNames = List.copyOf(classNames);
    page.html("<p class=\"lead\">" + escape(lead) + "</p>");
  }

  /** All files written so far. */
  public List<Path> files() {
    return List.copyOf(files);
  }

  /** Removes what an earlier analysis wrote into the folder, so that two do not mix. */
  public void clear() throws IOException {
    Path list = folder.resolve(FILES);
    if (!Files.exists(list)) {
      return;
    }
    for (String name : Files.readAllLines(list)) {
      Path file = folder.resolve(name).normalize();
      if (file.startsWith(folder.normalize()) && Files.isRegularFile(file)) {
        Files.delete(file);
      }
    }
  }

  /** Writes the page, and what else was written into {@value #FILES}. */
  public void write() throws IOException {
    Path file = folder.resolve("report.html");
    page.write(file);
    files.add(file);
    Files.write(
        folder.resolve(FILES),
        files.stream().map(written -> folder.relativize(written).toString()).toList());
  }

  private Path subfolder(String name) throws IOException {
    return Files.createDirectories(folder.resolve(name));
  }

  private String className(int label) {
    return label >= 0 && label < classNames.size() ? classNames.get(label) : String.valueOf(label);
  }

  /**
   * What the model says about the first images.
   *
   * @param labels their classes, −1 where they are not known
   */
  public void answers(Answers answers, int[] labels, int count) {
    page.heading("What it says");
    StringBuilder html = new StringBuilder("<div class=\"pictures\">\n");
    for (int i = 0; i < count; i++) {
      int best = answers.best(i);
      html.append(
          figure(
              pictures.get(i),
              captions.get(i),
              "%ssays <b>%s</b>, %s sure"
                  .formatted(
                      labels[i] < 0 ? "" : labels[i] == best ? "right: " : "wrong: ",
                      escape(className(best)),
                      percent(answers.probability(i, best)))));
    }
    page.html(html.append("</div>").toString());
  }

  private static String figure(PngImage picture, String caption, String html) {
    return "<figure><img alt=\"%s\" src=\"%s\"><figcaption>%s<small>%s</small></figcaption></figure>%n"
        .formatted(escape(caption), picture.dataUri(), escape(caption), html);
  }

  /** Maps of layers: those of the channels that differ most, with their terms side by side. */
  public void maps(List<FeatureMaps> layers) throws IOException {
    page.heading("What layers see");
    page.paragraph(
        "For each image the channels of a layer that vary most, from 0. Where a layer is a sum of"
            + " terms, a row is a channel: the left map is the first-order term, the middle the"
            + " second-order term, and the right their sum. Blue is positive, orange negative,"
            + " white zero; a row has one scale.");
    for (int i = 0; i < layers.size(); i++) {
      FeatureMaps maps = layers.get(i);
      StringBuilder html = new StringBuilder("<div class=\"pictures large\">\n");
      for (int image = 0; image < maps.shape().dim(0); image++) {
        List<Integer> channels = mostVarying(maps, image);
        PngImage picture = maps(maps, image, channels);
        html.append(figure(picture, captions.get(image), numbers(channels)));
        Path file = subfolder("maps").resolve("%s-%d.png".formatted(fileName(maps.layer()), image));
        Files.write(file, picture.png());
        files.add(file);
      }
      String what = maps.isSplit() ? "first order, second order, sum" : "output";
      page.html(
          "<details%s><summary><b>%s</b> %s, %s</summary>%n%s</div></details>"
              .formatted(
                  i == 0 ? " open" : "",
                  escape(labels.of(maps.layer())),
                  size(maps.shape()),
                  what,
                  html));
    }
  }

  private static String size(Shape shape) {
    return shape.rank() == 2
        ? shape.dim(1) + " numbers"
        : shape.dim(1) + " channels of " + shape.dim(2) + "×" + shape.span(3, shape.rank());
  }

  /** Rows stand for these, from above; the only row of a flat layer is all of it. */
  private static String numbers(List<Integer> channels) {
    return channels.size() < 2
        ? ""
        : "channels " + channels.stream().map(String::valueOf).collect(Collectors.joining(", "));
  }

  private static PngImage maps(FeatureMaps maps, int image, List<Integer> most) {
    Shape shape = maps.shape();
    int channels = shape.dim(1);
    boolean flat = shape.rank() == 2;
    int height = flat ? 1 : shape.dim(2);
    int width = flat ? channels : shape.span(3, shape.rank());
    int shown = flat ? 1 : channels;
    List<List<float[]>> rows = new ArrayList<>();
    List<float[]> alone = new ArrayList<>();
    for (int channel : most) {
      int at = (image * shown + channel) * height * width;
      float[] sum = plane(maps.sum(), at, height * width);
      if (maps.first() != null && maps.second() != null) {
        rows.add(
            List.of(
                plane(maps.first(), at, height * width),
                plane(maps.second(), at, height * width),
                sum));
      } else {
        alone.add(sum);
      }
    }
    for (int i = 0; i < alone.size(); i += COLUMNS) {
      rows.add(alone.subList(i, Math.min(alone.size(), i + COLUMNS)));
    }
    return SignedMaps.grid(rows, height, width, scale(Math.max(height, width)));
  }

  /** Channels by the variance of their map, the largest first. */
  private static List<Integer> mostVarying(FeatureMaps maps, int image) {
    Shape shape = maps.shape();
    if (shape.rank() == 2) {
      return List.of(0);
    }
    float[] values = maps.sum();
    int channels = shape.dim(1);
    int size = shape.dim(2) * shape.span(3, shape.rank());
    int first = image * channels;
    return IntStream.range(0, channels)
        .boxed()
        .sorted(
            Comparator.comparingDouble(
                channel -> -variance(values, (first + channel) * size, size)))
        .limit(CHANNELS)
        .toList();
  }

  private static double variance(float[] values, int from, int size) {
    double sum = 0;
    double squares = 0;
    for (int i = from; i < from + size; i++) {
      sum += values[i];
      squares += (double) values[i] * values[i];
    }
    return squares / size - sum / size * (sum / size);
  }

  private static float[] plane(float[] values, int from, int size) {
    return java.util.Arrays.copyOfRange(values, from, from + size);
  }

  private static int scale(int side) {
    return Math.clamp(PICTURE / side, 1, 16);
  }

  /**
   * Where evidence lies.
   *
   * @param mask where the object is, {@code [height × width]} for each image; null if it is not
   *     known
   */
  public void evidence(List<Evidence> evidence, @Nullable List<boolean[]> mask) throws IOException {
    page.heading("Where the evidence lies");
    page.paragraph(
        "Integrated gradients: what each pixel adds to the class's logit, compared with a mean"
            + " image. Beside the image, by first-order terms only; then by at least one"
            + " second-order term; last, both, which add up to the difference of the logits. Blue"
            + " speaks for the class, orange against it."
            + (mask == null ? "" : " The green line is the border of the object."));
    StringBuilder html = new StringBuilder("<div class=\"pictures large\">\n");
    HtmlTable table =
        new HtmlTable()
            .dense()
            .text("image")
            .text("class")
            .number("logit")
            .number("logit of the mean image")
            .number("first order")
            .number("second order");
    if (mask != null) {
      table
          .number("on the object")
          .number("first order, on it")
          .number("second order, on it")
          .number("its area");
    }
    for (int i = 0; i < evidence.size(); i++) {
      Evidence e = evidence.get(i);
      int width = pictures.get(i).width();
      int height = pictures.get(i).height();
      PngImage picture =
          SignedMaps.grid(
              List.of(List.of(e.first(), e.second(), e.total())), height, width, scale(height));
      PngImage shown = pictures.get(i);
      if (mask != null) {
        Outline outline = new Outline(mask.get(i), height, width, scale(height));
        shown = outline.around(shown);
        picture = outline.over(picture, SignedMaps.GAP);
      }
      String name = className(e.target());
      html.append(
          "<figure class=\"pair\"><img alt=\"%s\" src=\"%s\"><img alt=\"evidence\" src=\"%s\"><figcaption>%s<small>evidence for <b>%s</b></small></figcaption></figure>%n"
              .formatted(
                  escape(captions.get(i)),
                  shown.dataUri(),
                  picture.dataUri(),
                  escape(captions.get(i)),
                  escape(name)));
      Path file = subfolder("evidence").resolve("%d.png".formatted(i));
      Files.write(file, picture.png());
      files.add(file);
      List<Object> row =
          new ArrayList<>(
              List.of(
                  captions.get(i),
                  name,
                  number(e.logit()),
                  number(e.baseline()),
                  number(sum(e.first())),
                  number(sum(e.second()))));
      if (mask != null) {
        boolean[] object = mask.get(i);
        row.add(percent(Evidence.shareIn(e.total(), object)));
        row.add(percent(Evidence.shareIn(e.first(), object)));
        row.add(percent(Evidence.shareIn(e.second(), object)));
        row.add(percent(area(object)));
      }
      table.row(row.toArray());
    }
    page.html(html.append("</div>").toString());
    page.table(table);
    if (mask != null) {
      page.paragraph(onObject(evidence, mask));
      page.note(
          "On the object: share of the evidence, by its size, that lies inside the mask or box."
              + " Evidence spread evenly would have the share of the area.");
    }
  }

  private static String onObject(List<Evidence> evidence, List<boolean[]> mask) {
    double on =
        IntStream.range(0, mask.size())
            .mapToDouble(i -> Evidence.shareIn(evidence.get(i).total(), mask.get(i)))
            .average()
            .orElse(Double.NaN);
    double area = mask.stream().mapToDouble(AnalysisReport::area).average().orElse(Double.NaN);
    return "On average %s of the evidence lies on the object, which covers %s of the image, and %s on the background."
        .formatted(percent(on), percent(area), percent(1 - on));
  }

  /** Share of the pixels that are set. */
  public static double area(boolean[] mask) {
    int set = 0;
    for (boolean inside : mask) {
      set += inside ? 1 : 0;
    }
    return (double) set / mask.length;
  }

  private static double sum(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum;
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }

  /**
   * Distributions and gradients.
   *
   * @param names of the models, the first the one that is analysed
   */
  public void statistics(List<String> names, List<EpochStatistics> models) throws IOException {
    page.heading("How numbers are distributed");
    page.paragraph(
        "Root mean squares of what layers give for some of the images: how much first- and"
            + " second-order terms weigh.");
    page.table(sizes(models.getFirst()));
    page.html(new StatisticsCharts(List.of(models.getFirst())).distributions(labels));
    page.heading("Gradients by depth");
    page.paragraph(
        "Norms of the gradients of the loss, layer by layer from the input. Where they fall to"
            + " almost nothing towards the input, the first layers do not learn.");
    Chart depth = depth(names, models);
    page.html(InlineSvg.broadFigure(depth));
    files.addAll(Pictures.write(depth, subfolder("charts"), "gradients-by-depth"));
    for (StatisticsCharts.Named named : StatisticsCharts.byLayer(models.getFirst())) {
      files.addAll(Pictures.write(named.chart(), subfolder("charts"), fileName(named.name())));
    }
  }

  private HtmlTable sizes(EpochStatistics model) {
    HtmlTable table =
        new HtmlTable().text("layer").number("first order").number("second order").number("output");
    for (LayerStatistics layer : model.layers()) {
      if (layer.kind() == Kind.ACTIVATION
          && layer.term() == Term.SUM
          && StatisticsCharts.hasWeights(model, layer.layer())) {
        table.row(
            labels.of(layer.layer()),
            size(model, layer.layer(), Term.FIRST),
            size(model, layer.layer(), Term.SECOND),
            size(model, layer.layer(), Term.SUM));
      }
    }
    return table;
  }

  private static String size(EpochStatistics model, String layer, Term term) {
    return model
        .find(layer, Kind.ACTIVATION, term)
        .map(h -> String.format(Locale.ROOT, "%.4g", h.norm() / Math.sqrt(h.count())))
        .orElse("–");
  }

  /** One curve for each model and order. */
  private static Chart depth(List<String> names, List<EpochStatistics> models) {
    List<Series> series = new ArrayList<>();
    for (int i = 0; i < models.size(); i++) {
      EpochStatistics model = models.get(i);
      List<String> layers =
          model.layers().stream()
              .filter(s -> s.kind() == Kind.GRADIENT)
              .map(LayerStatistics::layer)
              .distinct()
              .toList();
      for (Term term : List.of(Term.FIRST, Term.SECOND)) {
        double[] norms =
            layers.stream()
                .mapToDouble(
                    layer ->
                        model
                            .find(layer, Kind.GRADIENT, term)
                            .map(Histogram::norm)
                            .orElse(Double.NaN))
                .toArray();
        if (java.util.Arrays.stream(norms).anyMatch(Double::isFinite)) {
          String order = term == Term.FIRST ? "first order" : "second order";
          series.add(Series.counted(names.get(i) + ", " + order, norms));
        }
      }
    }
    return Chart.lines(
        "Gradient norm by depth", Axis.count("layer, from the input"), Axis.log("norm"), series);
  }

  /** Two models on the same images. */
  public void comparison(String first, String second, Agreement agreement, boolean labelled) {
    page.heading("Compared with " + second);
    page.paragraph(
        String.format(
            Locale.ROOT,
            "On %,d images %s and %s agree on %s of the answers; on average %s of their probability"
                + " lies on different classes.",
            agreement.images(),
            first,
            second,
            percent((double) agreement.same() / agreement.images()),
            percent(agreement.meanDifference())));
    if (labelled) {
      HtmlTable table = new HtmlTable().text("").number("images").number("share");
      int neither =
          agreement.images()
              - agreement.bothRight()
              - agreement.onlyFirstRight()
              - agreement.onlySecondRight();
      row(table, "both are right", agreement.bothRight(), agreement);
      row(table, "only " + first + " is right", agreement.onlyFirstRight(), agreement);
      row(table, "only " + second + " is right", agreement.onlySecondRight(), agreement);
      row(table, "neither is right", neither, agreement);
      page.table(table);
    }
    if (agreement.differing().isEmpty()) {
      return;
    }
    page.html("<h3>Where they differ</h3>");
    page.note("The images on which both are most sure come first.");
    StringBuilder html = new StringBuilder("<div class=\"pictures\">\n");
    agreement.differing().stream()
        .limit(MOST_DIFFERENCES)
        .forEach(
            d ->
                html.append(
                    figure(
                        pictures.get(d.image()),
                        captions.get(d.image()),
                        "%s: <b>%s</b>, %s<br>%s: <b>%s</b>, %s"
                            .formatted(
                                escape(first),
                                escape(className(d.first())),
                                percent(d.firstConfidence()),
                                escape(second),
                                escape(className(d.second())),
                                percent(d.secondConfidence())))));
    page.html(html.append("</div>").toString());
  }

  private static void row(HtmlTable table, String what, int count, Agreement agreement) {
    table.row(what, count, percent((double) count / agreement.images()));
  }

  private static String fileName(String layer) {
    return layer.isEmpty() ? "network" : layer.replaceAll("[^A-Za-z0-9._-]", "_");
  }
}
