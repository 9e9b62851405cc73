package org.quadralib.bench.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.quadralib.backend.Backend;
import org.quadralib.bench.roof.Roofline;
import org.quadralib.bench.versus.Contestant;
import org.quadralib.bench.versus.Interleaving;
import org.quadralib.bench.versus.Ours;
import org.quadralib.bench.versus.SideBySide;
import org.quadralib.bench.versus.StepProfile;
import org.quadralib.bench.versus.Versus;
import org.quadralib.bench.versus.Workload;
import org.quadralib.budget.Steps;
import org.quadralib.data.ImageShape;
import org.quadralib.layers.Backprop;
import org.quadralib.models.Models;
import org.quadralib.samples.BackpropMode;
import org.quadralib.samples.BatchSize;
import org.quadralib.samples.ComputeOptions;
import org.quadralib.samples.MemoryDecision;
import org.quadralib.samples.MemorySize;
import org.quadralib.samples.Version;
import org.quadralib.tensor.Shape;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code quadra bench}: training and inference, side by side with PyTorch. */
@Command(
    name = "bench",
    header = "Measures speed, side by side with PyTorch.",
    subcommands = {GemmCommand.class, ConvCommand.class},
    description =
        "%nTrains and infers by turns: the library, then each peer, on the same model, weights,"
            + " batch and number of threads.%n",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    footer = {
      "%nExamples:",
      "  quadra bench --model qresnet14 --batch 64 --threads 2",
      "  quadra bench --model qcnn --peer none --json",
      "  quadra bench --sweep batch=1,4,16,64 --out runs/scaling",
      "  quadra bench --profile --peer none",
      "  quadra bench --backprop auto --memory 96MiB",
      "  quadra bench --backend tornado --model qvgg7,qresnet14 --batch 256 --profile --peer python"
          + " --peer-device cuda",
      "  quadra bench gemm",
      "  quadra bench conv --help",
    })
final class BenchCommand implements Callable<Integer> {
  @Option(
      names = "--model",
      paramLabel = "NAME",
      split = ",",
      defaultValue = "qresnet14",
      description = "See 'quadra models'; several with commas. Default: ${DEFAULT-VALUE}.")
  private List<String> models;

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
          "How the library differentiates layers: autodiff, hybrid, block, or auto: a way for each,"
              + " so that the step fits --memory. Default: ${DEFAULT-VALUE}.")
  private BackpropMode backprop;

  @Option(
      names = "--memory",
      paramLabel = "SIZE",
      description =
          "What a training step of the library may hold, planned: 256MiB, 1GiB, 500MB or bytes."
              + " Default: no limit.")
  private @Nullable MemorySize memory;

  @Option(
      names = "--sweep",
      paramLabel = "WHAT=LIST",
      description =
          "Measure for several values: batch=1,4,16 or threads=1,2 or input=3x32x32,3x64x64 or"
              + " width=0.5,1,2, a factor of the channels.")
  private @Nullable String sweep;

  @Option(
      names = "--profile",
      description =
          "Also measure each operation of the library's training step, against what the machine"
              + " or device can do at most.")
  private boolean profile;

  @Mixin private RoundOptions rounds;
  @Mixin private ComputeOptions compute;
  @Mixin private PeerOption peer;
  @Mixin private ReportOptions report;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    peer.check();
    Checks.positive("--batch", batch.images().orElse(1));
    Checks.positive("--classes", classes);
    Progress progress = report.progress(spec.commandLine().getErr());
    Interleaving interleaving = rounds.interleaving(progress);
    models.forEach(Models::named); // before anything is measured
    if (models.size() > 1 && sweep != null) {
      throw new IllegalArgumentException("--sweep goes with one model, not " + models.size());
    }
    if (batch.isMax() && sweep != null && sweep.startsWith("batch")) {
      throw new IllegalArgumentException("--sweep batch=… says the batches; leave --batch max out");
    }
    if (sweep != null) {
      several(Sweep.parse(sweep), interleaving, progress);
    } else if (models.size() == 1) {
      Measured measured = measure(workload(models.getFirst()), interleaving, progress);
      progress.clear();
      finish(measured.table(), measured.json(), Charts.of(measured.result()));
    } else {
      eachModel(interleaving, progress);
    }
    return 0;
  }

  private void eachModel(Interleaving interleaving, Progress progress) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ArrayNode list = json.putArray("models");
    List<Charts.Chart> charts = new ArrayList<>();
    List<String> tables = new ArrayList<>();
    for (String model : models) {
      progress.message(model);
      Measured measured = measure(workload(model), interleaving, progress);
      Charts.of(measured.result()).forEach(chart -> charts.add(chart.of(model)));
      tables.add(measured.table());
      list.add(measured.json());
    }
    progress.clear();
    finish(String.join(System.lineSeparator(), tables), json, charts);
  }

  private void several(Sweep points, Interleaving interleaving, Progress progress) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("sweep", points.property());
    ArrayNode list = json.putArray("points");
    List<SideBySide> results = new ArrayList<>();
    StringBuilder table = new StringBuilder();
    for (Sweep.Point point : points.points()) {
      progress.message("%s %s".formatted(points.property(), point.value()));
      Workload workload = point.change().apply(workload(models.getFirst()));
      SideBySide result = measure(workload, interleaving, progress).result();
      results.add(result);
      list.add(result.json().put("value", point.value()));
      table.append(result.table()).append(System.lineSeparator());
    }
    progress.clear();
    List<String> values = points.points().stream().map(Sweep.Point::value).toList();
    finish(table.toString(), json, Charts.of(points.property(), values, results));
  }

  private void finish(String table, ObjectNode json, List<Charts.Chart> charts) {
    PrintWriter out = spec.commandLine().getOut();
    Machine machine = Machine.here();
    json.set("machine", machine.json());
    out.println(machine);
    out.print(table);
    report.write(out, json, table, charts);
  }

  private Workload workload(String model) {
    int threads =
        compute.threads == null ? Runtime.getRuntime().availableProcessors() : compute.threads;
    return new Workload(
        model,
        Models.named(model).build(classes),
        Shape.of(input.channels(), input.height(), input.width()),
        classes,
        batch.images().orElse(1),
        threads,
        compute.backend == null ? "auto" : compute.backend,
        backprop.toString(),
        path -> backprop.way().orElse(Backprop.AUTODIFF));
  }

  /** With the batch and the ways of back-propagation that the options come to. */
  private Workload decided(Workload workload, Progress progress) {
    if (memory == null && !backprop.isAuto() && !batch.isMax()) {
      return workload;
    }
    BatchSize size = batch.isMax() ? batch : BatchSize.of(workload.batch());
    try (Backend backend = ComputeOptions.open(workload.backend(), workload.threads())) {
      Steps steps = new Steps(workload.network(), workload.example(), Ours.recipe(), backend);
      MemoryDecision decision =
          MemoryDecision.make(steps, backprop, size, memory, Integer.MAX_VALUE / 2);
      progress.message(decision.explanation().strip());
      return workload.batch(decision.batch()).ways(decision.choice());
    }
  }

  /** What one workload came to; roof and profile only if asked for. */
  private record Measured(
      SideBySide result,
      @Nullable Roofline roofline,
      @Nullable StepProfile training,
      @Nullable StepProfile inference) {
    String table() {
      String table = result.table();
      return roofline == null || training == null || inference == null
          ? table
          : table
              + "%n%s%n%ntraining step%n%s%n%ninference%n%s"
                  .formatted(roofline, training.table(), inference.table());
    }

    ObjectNode json() {
      ObjectNode json = result.json();
      if (roofline != null && training != null && inference != null) {
        json.set("roof", roofline.json());
        json.set("profile", training.json());
        json.set("inferenceProfile", inference.json());
      }
      return json;
    }
  }

  private Measured measure(Workload asked, Interleaving interleaving, Progress progress) {
    Workload workload = decided(asked, progress);
    // Before anybody has threads that may still be awake.
    Roofline roofline = profile ? Roofline.measure(workload.threads()) : null;
    List<Contestant> contestants = new ArrayList<>();
    try {
      progress.accept("planning");
      Ours ours = Ours.calibrated(workload);
      contestants.add(ours);
      PeerOption.Opened opened = peer.open(workload, ours.model(), progress);
      contestants.addAll(opened.peers());
      var results = new Versus(interleaving).run(contestants);
      long peak = ours.training().predictedPeakBytes();
      SideBySide result =
          new SideBySide(workload.backend(ours.backend().name()), results, opened.skipped(), peak);
      if (roofline == null) {
        return new Measured(result, null, null, null);
      }
      progress.accept("profiling");
      Roofline roof = ours.backend().measurePeak().map(Roofline::of).orElse(roofline);
      StepProfile training = StepProfile.ofTraining(ours, roof, interleaving.rounds());
      StepProfile inference = StepProfile.ofInference(ours, roof, interleaving.rounds());
      return new Measured(result, roof, training, inference);
    } finally {
      Closing.all(contestants);
    }
  }
}
