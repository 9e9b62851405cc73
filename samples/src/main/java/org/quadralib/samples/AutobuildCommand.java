package org.quadralib.samples;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import org.quadralib.autobuild.AutoBuildConfig;
import org.quadralib.autobuild.AutoBuildConfig.Epochs;
import org.quadralib.autobuild.AutoBuildResult;
import org.quadralib.autobuild.AutoBuilder;
import org.quadralib.autobuild.Budget;
import org.quadralib.autobuild.BuildReport;
import org.quadralib.autobuild.InterruptedBuildException;
import org.quadralib.backend.Backend;
import org.quadralib.builder.QuadraticConversion;
import org.quadralib.checkpoint.RunLock;
import org.quadralib.data.DataSplits;
import org.quadralib.data.Normalize;
import org.quadralib.data.RandomCrop;
import org.quadralib.data.RandomHorizontalFlip;
import org.quadralib.data.Transform;
import org.quadralib.io.SafeTensors;
import org.quadralib.layers.Layer;
import org.quadralib.onnx.ImportedModel;
import org.quadralib.onnx.OnnxImport;
import org.quadralib.tensor.Shape;
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
          + " --resume goes on."
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
      checkOptions(); // before there is a folder
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
    String from = required(options.from, "--from MODEL");
    Budget budget = Budget.parse(required(options.budget, "--budget LIMITS"));
    TrainOptions.Source source = source(from);
    DataSplits data = DataFlags.open(source, new DataProgress(err, Terminal.isPresent()));
    Normalize normalize = DataFlags.normalize(options.data, data);
    Shape example = Images.exampleOf(data.train().shape());
    ModelFlags flags = new ModelFlags();
    flags.width = options.width == 1 ? null : options.width;
    Start start = start(from, folder, flags, example, data.train().classNames().size());
    AutoBuildConfig config =
        new AutoBuildConfig(
            new QuadraticConversion(
                options.neuron, options.branchNorm, pattern(options.layers).asPredicate()),
            budget,
            new Epochs(
                options.epochs != null ? options.epochs : start.weights() != null ? 0 : 10,
                options.convertedEpochs,
                options.roundEpochs,
                options.finalEpochs),
            options.remove,
            options.mask,
            options.batch,
            options.lr,
            options.quadraticLrScale,
            options.baseline,
            options.seed,
            transforms(normalize),
            List.of(normalize),
            layer -> TrainedOn.describe(source, data, normalize, layer));
    try (Backend backend = compute.open()) {
      BuildConsole console = new BuildConsole(err, quiet);
      AutoBuilder builder = new AutoBuilder(config, backend, data, folder, console);
      try (StopOnSignal _ = new StopOnSignal(builder::stop)) {
        AutoBuildResult result = builder.build(start.network(), start.weights());
        BuildReport.write(folder.resolve("report.html"), result, example);
        PrintWriter shown = spec.commandLine().getOut();
        BuildConsole.show(result, folder, json ? err : shown);
        if (json) {
          shown.println(BuildConsole.json(result, folder));
          shown.flush();
        }
        return 0;
      } catch (InterruptedBuildException e) {
        err.printf("%s; go on with: ./quadra autobuild --resume %s%n", e.getMessage(), folder);
        return Failures.INTERRUPTED;
      }
    }
  }

  /** A network, and its weights if it comes trained. */
  private record Start(Layer network, @Nullable Path weights) {}

  private Start start(String from, Path folder, ModelFlags flags, Shape example, int classes)
      throws IOException {
    if (!from.toLowerCase(Locale.ROOT).endsWith(".onnx")) {
      return new Start(ModelChoice.build(from, flags, example, classes), options.weights);
    }
    if (flags.isGiven() || options.weights != null) {
      throw new IllegalArgumentException(
          "--width and --weights do not go with an ONNX model, which has its own");
    }
    // From here on it is a network like others.
    Path architecture = folder.resolve("imported.yaml");
    Path weights = folder.resolve("imported.safetensors");
    try (ImportedModel imported = OnnxImport.read(Path.of(from))) {
      imported.architecture().write(architecture);
      SafeTensors.write(weights, imported.weights());
    }
    return new Start(ModelChoice.build(architecture.toString(), flags, example, classes), weights);
  }

  private List<Transform> transforms(Normalize normalize) {
    List<Transform> transforms = new ArrayList<>();
    if (options.crop != 0) {
      transforms.add(new RandomCrop(options.crop));
    }
    if (options.flip) {
      transforms.add(new RandomHorizontalFlip());
    }
    transforms.add(normalize);
    return transforms;
  }

  private static Pattern pattern(String regex) {
    try {
      return Pattern.compile(regex);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "--layers '%s' is no regular expression: %s".formatted(regex, e.getDescription()), e);
    }
  }

  private TrainOptions.Source source(String from) {
    TrainOptions.Source source = new TrainOptions.Source();
    source.model = from;
    source.data = options.data;
    source.dataDir = options.dataDir;
    source.input = options.input;
    source.validation = options.validation;
    return source;
  }

  private Path folder() {
    return out != null
        ? out
        : RunFolder.fresh(
                "autobuild-" + ModelChoice.shortName(required(options.from, "--from MODEL")),
                options.data)
            .path();
  }

  private static <T> T required(@Nullable T value, String flag) {
    if (value == null) {
      throw new IllegalArgumentException(flag + " is missing");
    }
    return value;
  }

  private void checkOptions() {
    required(options.from, "--from MODEL");
    Budget.parse(required(options.budget, "--budget LIMITS"));
    pattern(options.layers);
  }
}
