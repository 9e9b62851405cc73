package org.quadralib.samples;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.quadralib.autobuild.AutoBuildConfig;
import org.quadralib.autobuild.AutoBuildResult;
import org.quadralib.autobuild.AutoBuilder;
import org.quadralib.autobuild.InterruptedBuildException;
import org.quadralib.backend.Backend;
import org.quadralib.checkpoint.RunLock;
import org.quadralib.data.DataSplits;
import org.quadralib.data.Normalize;
import org.quadralib.report.BuildReport;
import org.quadralib.report.RunDescription;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code quadra autobuild}: from a first-order network to a smaller quadratic one. */
@Command(
    name = "autobuild",
    header = "Builds a quadratic network from a first-order one, within a budget.",
    description = {
      "",
      "Trains the network, makes its layers quadratic without changing its outputs, trains on, then"
          + " removes the most dispensable layers one after another and retrains until the budget"
          + " is met. Writes architecture, weights and a report into a folder. Ctrl-C saves;"
          + " --resume goes on. A budget that cannot be met ends with exit code 1; the results are"
          + " kept."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    abbreviateSynopsis = true,
    footer = {
      "%nExamples:",
      "  quadra autobuild --from vgg11 --width 0.25 --budget params=500K",
      "  quadra autobuild --from vgg16 --neuron quadra --budget params=12M --data cifar10 --flip",
      "  quadra autobuild --from model.onnx --budget macs=100M,accuracy=0.9 --data cifar10",
      "  quadra autobuild --resume runs/autobuild-vgg16-cifar10-20260101-120000",
    })
final class AutobuildCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @ArgGroup(validate = false, heading = "%nThe build:%n")
  private AutobuildOptions options = new AutobuildOptions();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Folder for the results. Default: runs/autobuild-MODEL-DATA-TIME.")
  private @Nullable Path out;

  @Option(
      names = "--resume",
      paramLabel = "DIR",
      description = "Go on with the build in this folder, with its options.")
  private @Nullable Path resume;

  @Mixin private ComputeOptions compute;

  @Option(names = "--quiet", description = "No progress, only the results.")
  private boolean quiet;

  @Option(
      names = "--json",
      description = "The last line of standard output is the results as one JSON object.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    if (resume == null) {
      BuildSetup.check(options); // before there is a folder
    }
    Path folder = resume != null ? resume : folder();
    boolean fresh = resume == null && !Files.exists(folder);
    if (resume == null) {
      Files.createDirectories(folder);
    } else if (!Files.isDirectory(folder)) {
      throw new IllegalArgumentException("there is no folder " + folder + " to resume from");
    }
    try {
      return locked(folder);
    } catch (RuntimeException | IOException e) {
      if (fresh) {
        UnstartedBuild.remove(folder);
      }
      throw e;
    }
  }

  private int locked(Path folder) throws IOException {
    try (RunLock _ = RunLock.acquire(folder)) {
      if (resume != null) {
        if (options.from != null || options.budget != null) {
          throw new IllegalArgumentException(
              "--resume goes on with the options of the build alone");
        }
        options = BuildFile.read(resume);
      } else {
        BuildFile.write(folder, options);
      }
      return build(folder);
    }
  }

  private int build(Path folder) throws IOException {
    PrintWriter err = spec.commandLine().getErr();
    TrainOptions.Source source = BuildSetup.source(options);
    DataSplits data = DataFlags.open(source, new DataProgress(err, Terminal.isPresent()));
    Normalize normalize = DataFlags.normalize(options.data, data);
    BuildStart start =
        BuildStart.of(
            options,
            folder,
            Images.exampleOf(data.train().shape()),
            data.train().classNames().size());
    AutoBuildConfig config =
        BuildSetup.config(options, start.weights() != null, source, data, normalize);
    try (Backend backend = compute.open()) {
      BuildConsole console = new BuildConsole(err, quiet);
      AutoBuilder builder = new AutoBuilder(config, backend, data, folder, console);
      try (StopOnSignal _ = new StopOnSignal(builder::stop)) {
        AutoBuildResult result = builder.build(start.network(), start.weights());
        RunDescription run = BuildDescription.of(options, source, folder, backend, normalize);
        BuildReport.write(folder.resolve("report.html"), result, config, data, run);
        return show(result, folder);
      } catch (InterruptedBuildException e) {
        err.printf("%s; go on with: ./quadra autobuild --resume %s%n", e.getMessage(), folder);
        return Failures.INTERRUPTED;
      }
    }
  }

  private int show(AutoBuildResult result, Path folder) {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    BuildConsole.show(result, folder, json ? err : out);
    if (json) {
      out.println(BuildConsole.json(result, folder));
      out.flush();
    }
    if (result.met()) {
      return 0;
    }
    err.println("quadra: " + Failures.plain(result.note()));
    err.flush();
    return Failures.BUDGET_NOT_MET;
  }

  private Path folder() {
    return out != null
        ? out
        : RunFolder.fresh(
                "autobuild-"
                    + ModelChoice.shortName(BuildSetup.required(options.from, "--from MODEL")),
                options.data)
            .path();
  }
}
