package org.quadralib.samples;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.quadralib.backend.Backend;
import org.quadralib.data.ImageShape;
import org.quadralib.layers.Backprop;
import org.quadralib.layers.Layer;
import org.quadralib.layers.Model;
import org.quadralib.memory.Bytes;
import org.quadralib.profile.ChromeTrace;
import org.quadralib.profile.LayerProfile;
import org.quadralib.profile.Profile;
import org.quadralib.profile.ProfileHtml;
import org.quadralib.profile.ProfileJson;
import org.quadralib.profile.Profiler;
import org.quadralib.profile.Timeline;
import org.quadralib.tensor.Shape;
import org.quadralib.train.Recipe;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code quadra profile}: memory and time of a training step. */
@Command(
    name = "profile",
    header = "Shows what a training step holds in memory and where its time goes.",
    description =
        "%nPlans a step of SGD with cross-entropy, runs it on random images, and compares what was"
            + " predicted with what was measured.%n",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    footer = {
      "%nExamples:",
      "  quadra profile --model qresnet14 --batch 64",
      "  quadra profile --model qvgg7 --batch 32 --backprop block --html profile.html",
      "  quadra profile --model qcnn --input 1x8x8 --json",
      "  quadra profile --model qresnet14 --trace trace.json   # for chrome://tracing, Perfetto",
    })
final class ProfileCommand implements Callable<Integer> {
  /** Rows of what is alive at the peak that the terminal shows. */
  private static final int SHOWN = 12;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      defaultValue = "qresnet14",
      description =
          "Model of the pool, see 'quadra models', or an architecture, FILE.yaml. Default:"
              + " ${DEFAULT-VALUE}.")
  private String model;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "64",
      description = "Images in a batch. Default: ${DEFAULT-VALUE}.")
  private int batch;

  @Option(
      names = "--input",
      paramLabel = "CxHxW",
      defaultValue = "3x32x32",
      description = "Channels, height and width of an image. Default: ${DEFAULT-VALUE}.")
  private ImageShape input;

  @Option(
      names = "--classes",
      paramLabel = "N",
      defaultValue = "10",
      description = "Number of classes. Default: ${DEFAULT-VALUE}.")
  private int classes;

  @Option(
      names = "--backprop",
      paramLabel = "HOW",
      defaultValue = "AUTODIFF",
      description = "How layers are differentiated: autodiff, hybrid or block. Default: autodiff.")
  private Backprop backprop;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "10",
      description = "Steps to measure. Default: ${DEFAULT-VALUE}.")
  private int steps;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Also write a page with the timeline and the tables.")
  private @Nullable Path html;

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description = "Also write a trace for chrome://tracing or Perfetto.")
  private @Nullable Path trace;

  @ArgGroup(validate = false, heading = "%nChanges to a model of the pool:%n")
  private ModelFlags flags = new ModelFlags();

  @Mixin private ComputeOptions compute;
  @Mixin private JsonFlag json;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    positive("--batch", batch);
    positive("--classes", classes);
    positive("--steps", steps);
    Shape example = Images.exampleOf(input);
    Layer layer = ModelChoice.build(model, flags, example, classes);
    PrintWriter out = spec.commandLine().getOut();
    try (Backend backend = compute.open();
        Model built = Model.create(layer, example, 0)) {
      Profile.Subject subject =
          new Profile.Subject(
              model, input.toString(), batch, EnumNames.of(backprop), backend.description(), steps);
      Recipe recipe = Recipe.defaults().backprop(backprop);
      show(new Profiler(built, backend, recipe, batch).profile(subject), out);
    }
    return 0;
  }

  private static void positive(String flag, int value) {
    if (value < 1) {
      throw new IllegalArgumentException("%s must be at least 1, not %d".formatted(flag, value));
    }
  }

  private void show(Profile profile, PrintWriter out) throws IOException {
    if (html != null) {
      ProfileHtml.write(html, profile);
    }
    if (trace != null) {
      ChromeTrace.write(trace, profile);
    }
    PrintWriter text = json.given ? spec.commandLine().getErr() : out;
    text.print(table(profile));
    text.flush();
    if (json.given) {
      out.println(ProfileJson.of(profile));
    }
    out.flush();
  }

  private static String table(Profile profile) {
    StringBuilder table = new StringBuilder();
    Profile.Subject subject = profile.subject();
    line(
        table,
        "%s, batch %d of %s, %s, on %s",
        subject.model(),
        subject.batch(),
        subject.input(),
        subject.backprop(),
        subject.backend());
    line(table, "");
    layers(table, profile);
    line(table, "");
    alive(table, profile.timeline());
    line(table, "");
    line(
        table,
        "peak memory        %,d bytes predicted, %,d measured",
        profile.predictedPeakBytes(),
        profile.measuredPeakBytes());
    StringBuilder saved = new StringBuilder();
    for (Backprop way : Backprop.values()) {
      saved.append(saved.isEmpty() ? "" : ", ");
      saved.append(Bytes.format(profile.savedBytes().getOrDefault(way, 0L)));
      saved.append(' ').append(EnumNames.of(way));
    }
    line(table, "kept for backward  %s", saved);
    line(
        table,
        "time               %.1f ms a training step, %.1f ms inference",
        profile.stepMillis(),
        profile.inferMillis());
    line(table, "parameters         %,d", profile.parameters());
    line(table, "MACs per image     %,d", profile.macs());
    return table.toString();
  }

  private static void layers(StringBuilder table, Profile profile) {
    int width = profile.layers().stream().mapToInt(layer -> layer.path().length()).max().orElse(5);
    String name = "%-" + Math.max(5, width) + "s ";
    line(
        table,
        name + "%11s %13s %10s %10s %10s %10s %9s %9s %8s",
        "layer",
        "parameters",
        "MACs",
        "autodiff",
        "hybrid",
        "block",
        "workspace",
        "forward",
        "backward",
        "GFLOP/s");
    for (LayerProfile layer : profile.layers()) {
      line(
          table,
          name + "%,11d %,13d %10s %10s %10s %10s %6.2f ms %6.2f ms %8.1f",
          layer.path(),
          layer.parameters(),
          layer.macs(),
          Bytes.format(layer.savedBytes().getOrDefault(Backprop.AUTODIFF, 0L)),
          Bytes.format(layer.savedBytes().getOrDefault(Backprop.HYBRID, 0L)),
          Bytes.format(layer.savedBytes().getOrDefault(Backprop.BLOCK, 0L)),
          Bytes.format(layer.workspaceBytes()),
          layer.forwardMillis(),
          layer.backwardMillis(),
          layer.gigaflops());
    }
  }

  private static void alive(StringBuilder table, Timeline timeline) {
    Timeline.Moment moment = timeline.moments().get(timeline.peak());
    line(
        table,
        "alive at the peak, during %s of %s (%d of %d), %s and %s of gaps",
        moment.operation(),
        moment.layer(),
        moment.position(),
        timeline.moments().size(),
        Bytes.format(moment.liveBytes()),
        Bytes.format(timeline.gapBytes()));
    int shown = Math.min(SHOWN, timeline.atPeak().size());
    for (Timeline.Live live : timeline.atPeak().subList(0, shown)) {
      line(
          table,
          "%10s  %-10s  %s %s",
          Bytes.format(live.bytes()),
          live.category().name().toLowerCase(Locale.ROOT),
          live.name(),
          live.shape() == null ? "" : live.shape());
    }
    int rest = timeline.atPeak().size() - shown;
    if (rest > 0) {
      long bytes = timeline.atPeak().stream().skip(shown).mapToLong(Timeline.Live::bytes).sum();
      line(table, "%10s  in %d more", Bytes.format(bytes), rest);
    }
  }

  private static void line(StringBuilder table, String format, Object... arguments) {
    table.append(String.format(Locale.ROOT, format, arguments)).append(System.lineSeparator());
  }
}
