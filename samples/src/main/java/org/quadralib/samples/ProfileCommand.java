package org.quadralib.samples;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.quadralib.backend.Backend;
import org.quadralib.budget.BudgetCurve;
import org.quadralib.budget.Steps;
import org.quadralib.data.ImageShape;
import org.quadralib.io.AtomicFile;
import org.quadralib.layers.Layer;
import org.quadralib.layers.Model;
import org.quadralib.profile.ChromeTrace;
import org.quadralib.profile.Profile;
import org.quadralib.profile.ProfileHtml;
import org.quadralib.profile.ProfileJson;
import org.quadralib.profile.Profiler;
import org.quadralib.profile.ResidentMemory;
import org.quadralib.profile.WarmUp;
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
      "  quadra profile --model qresnet14 --backprop auto --memory 96MiB",
      "  quadra profile --model qresnet14 --batch max --memory 1GiB --backprop auto",
      "  quadra profile --model qvgg7 --batch 32 --budgets 10 --curve curve.svg",
      "  quadra profile --model qresnet14 --trace trace.json   # for chrome://tracing, Perfetto",
    })
final class ProfileCommand implements Callable<Integer> {
  /** Each is planned and measured. */
  private static final int MOST_BUDGETS = 100;

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
      description = "Images in a batch; max: as many as fit --memory. Default: ${DEFAULT-VALUE}.")
  private BatchSize batch;

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
      defaultValue = "autodiff",
      description =
          "How layers are differentiated: autodiff, hybrid, block, or auto: a way for each, so that"
              + " the step fits --memory. Default: ${DEFAULT-VALUE}.")
  private BackpropMode backprop;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      description =
          "What a step may hold, planned: 256MiB, 1GiB, 500MB or bytes. Default: no limit.")
  private @Nullable MemorySize memory;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "10",
      description = "Steps to measure. Default: ${DEFAULT-VALUE}.")
  private int steps;

  @Option(
      names = "--warm-up",
      paramLabel = "SECONDS",
      defaultValue = "30",
      description =
          "Longest time to run before measuring, until the JVM has compiled everything. Default:"
              + " ${DEFAULT-VALUE}.")
  private double warmUp;

  @Option(
      names = "--budgets",
      paramLabel = "N",
      description =
          "Also measure what the step takes for N budgets, from the least to the most memory it can"
              + " use.")
  private @Nullable Integer budgets;

  @Option(
      names = "--curve",
      paramLabel = "FILE",
      description = "With --budgets: also draw time against memory, as SVG.")
  private @Nullable Path curve;

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
    positive("--batch", batch.images().orElse(1));
    positive("--classes", classes);
    positive("--steps", steps);
    if (!(warmUp >= 0)) {
      throw new IllegalArgumentException("--warm-up must be at least 0 seconds, not " + warmUp);
    }
    if (budgets != null && (budgets < 2 || budgets > MOST_BUDGETS)) {
      throw new IllegalArgumentException(
          "--budgets must be from 2 to %d, not %d".formatted(MOST_BUDGETS, budgets));
    }
    if (curve != null && budgets == null) {
      throw new IllegalArgumentException("--curve draws what --budgets measures; add --budgets 10");
    }
    for (Path file : Stream.of(html, trace, curve).filter(Objects::nonNull).toList()) {
      AtomicFile.check(file);
    }
    Shape example = Images.exampleOf(input);
    Layer layer = ModelChoice.build(model, flags, example, classes);
    try (Backend backend = compute.open()) {
      OptionalLong idle = ResidentMemory.bytes();
      profile(new Steps(layer, example, Recipe.defaults(), backend), idle);
    }
    return 0;
  }

  private void profile(Steps all, OptionalLong idle) throws IOException {
    MemoryDecision decision =
        MemoryDecision.make(all, backprop, batch, memory, Integer.MAX_VALUE / 2);
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter text = json.given ? spec.commandLine().getErr() : out;
    text.print(decision.explanation());
    Profile profile;
    try (Model built = Model.create(all.layer(), all.example(), 0)) {
      String description = all.backend().description();
      String how = backprop.isAuto() ? "auto: " + decision.choice() : backprop.toString();
      profile =
          new Profiler(
                  built,
                  all.backend(),
                  all.recipe().backprop(decision.choice()),
                  decision.batch(),
                  new WarmUp(warmUp))
              .profile(
                  new Profile.Subject(
                      model, input.toString(), decision.batch(), how, description, steps),
                  idle);
    }
    text.print(ProfileTable.of(profile));
    ObjectNode result = ProfileJson.of(profile);
    if (budgets != null) {
      BudgetCurve measured = BudgetTable.measure(all, decision.batch(), budgets, steps);
      text.print(BudgetTable.of(measured));
      result.set("budgets", BudgetTable.json(measured));
      if (curve != null) {
        BudgetTable.draw(curve, measured, "%s, batch %d".formatted(model, decision.batch()));
      }
    }
    if (html != null) {
      ProfileHtml.write(html, profile);
    }
    if (trace != null) {
      ChromeTrace.write(trace, profile);
    }
    text.flush();
    if (json.given) {
      out.println(result);
    }
    out.flush();
  }

  private static void positive(String flag, int value) {
    if (value < 1) {
      throw new IllegalArgumentException("%s must be at least 1, not %d".formatted(flag, value));
    }
  }
}
