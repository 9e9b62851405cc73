package org.quadralib.bench.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.quadralib.bench.versus.Contestant;
import org.quadralib.bench.versus.Interleaving;
import org.quadralib.bench.versus.Ours;
import org.quadralib.bench.versus.SideBySide;
import org.quadralib.bench.versus.Versus;
import org.quadralib.bench.versus.Workload;
import org.quadralib.data.ImageShape;
import org.quadralib.layers.Backprop;
import org.quadralib.samples.ComputeOptions;
import org.quadralib.samples.ModelPool;
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
      "  quadra bench gemm",
      "  quadra bench conv --help",
    })
final class BenchCommand implements Callable<Integer> {
  @Option(
      names = "--model",
      paramLabel = "NAME",
      defaultValue = "qresnet14",
      description = "See 'quadra models'. Default: ${DEFAULT-VALUE}.")
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
      paramLabel = "WAY",
      defaultValue = "HYBRID",
      description =
          "How the library differentiates quadratic layers: autodiff or hybrid. Default: hybrid.")
  private Backprop backprop;

  @Mixin private RoundOptions rounds;
  @Mixin private ComputeOptions compute;
  @Mixin private PeerOption peer;
  @Mixin private ReportOptions report;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    check();
    PrintWriter out = spec.commandLine().getOut();
    Progress progress = report.progress(spec.commandLine().getErr());
    Machine machine = Machine.here();
    SideBySide result = measure(workload(), rounds.interleaving(progress), progress);
    progress.clear();

    ObjectNode json = result.json();
    json.set("machine", machine.json());
    out.println(machine);
    out.print(result.table());
    report.write(out, json, result.table(), Charts.of(result));
    return 0;
  }

  private void check() {
    peer.check();
    Checks.positive("--batch", batch);
    Checks.positive("--classes", classes);
  }

  private Workload workload() {
    int threads =
        compute.threads == null ? Runtime.getRuntime().availableProcessors() : compute.threads;
    return new Workload(
        model,
        ModelPool.named(model).build(classes),
        Shape.of(input.channels(), input.height(), input.width()),
        classes,
        batch,
        threads,
        compute.backend == null ? "auto" : compute.backend,
        backprop);
  }

  private SideBySide measure(Workload workload, Interleaving interleaving, Progress progress) {
    List<Contestant> contestants = new ArrayList<>();
    try {
      progress.accept("planning");
      Ours ours = Ours.calibrated(workload);
      contestants.add(ours);
      PeerOption.Opened<Contestant> opened =
          peer.open(
              candidate -> {
                progress.accept("starting " + candidate);
                return candidate.open(workload, ours.model());
              },
              progress::message);
      contestants.addAll(opened.peers());
      var results = new Versus(interleaving).run(contestants);
      long peak = ours.training().predictedPeakBytes();
      return new SideBySide(
          workload.backend(ours.backend().name()), results, opened.skipped(), peak);
    } finally {
      Closing.all(contestants);
    }
  }
}
