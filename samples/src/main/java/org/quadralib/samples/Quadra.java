package org.quadralib.samples;

import java.nio.file.Path;
import org.quadralib.data.ImageShape;
import org.quadralib.graph.op.NeuronType;
import org.quadralib.layers.Backprop;
import org.quadralib.layers.QuadraticStart;
import org.quadralib.models.Baselines;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command line of QuadraLib: {@code ./quadra}. */
@Command(
    name = "quadra",
    header = "Trains and runs quadratic neural networks on the JVM.",
    description =
        "%nA quadratic neuron computes (Wa x) ∘ (Wb x) + Wc x. Without further options,"
            + " 'quadra train' trains a small quadratic network on handwritten digits.%n",
    subcommands = {
      TrainCommand.class,
      EvaluateCommand.class,
      PredictCommand.class,
      AnalyzeCommand.class,
      ModelsCommand.class,
      ConvertCommand.class,
      AutobuildCommand.class,
      ProfileCommand.class,
      DevicesCommand.class,
    },
    synopsisSubcommandLabel = "COMMAND",
    commandListHeading = "Commands:%n",
    optionListHeading = "%nOptions:%n",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:success",
      "1:an error of the library itself, or a build that cannot meet its budget",
      "2:wrong input: an option, a file, a shape, or not enough memory or disk",
      "3:training diverged: the loss is not a number any more",
      "130:interrupted",
    },
    footer = "%nHelp on a command: quadra COMMAND --help")
public final class Quadra implements Runnable {
  @Option(
      names = "--stacktrace",
      scope = ScopeType.INHERIT,
      description = "Print the Java stack trace of an error.")
  private boolean stacktrace;

  @Spec private CommandSpec spec;

  private Quadra() {}

  /**
   * Runs the command line and ends the JVM with its exit code.
   *
   * @param args the arguments after {@code quadra}
   */
  public static void main(String[] args) {
    run(commandLine(), args);
  }

  /**
   * Runs a command line and ends the JVM with its exit code.
   *
   * @param args the arguments after {@code quadra}
   */
  public static void run(CommandLine command, String... args) {
    int exit;
    try {
      exit = command.execute(args);
    } catch (OutOfMemoryError e) {
      System.err.println(
          "quadra: out of memory (%s); use a smaller batch, or a larger heap by QUADRA_JAVA_OPTS=-Xmx4g"
              .formatted(e.getMessage()));
      exit = Failures.WRONG_INPUT;
    }
    System.exit(exit);
  }

  /** Without a command there is only the help to show. */
  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** The command line, ready to {@link CommandLine#execute}; tests give it writers of their own. */
  static CommandLine commandLine() {
    return commandLine(new BenchElsewhere());
  }

  /**
   * The command line with the benchmarks, which live in a module of their own.
   *
   * @param bench the command {@code bench}
   */
  public static CommandLine commandLine(Object bench) {
    Quadra quadra = new Quadra();
    Failures failures = new Failures(() -> quadra.stacktrace);
    return converters(new CommandLine(quadra).addSubcommand(bench))
        .setParameterExceptionHandler(failures)
        .setExecutionExceptionHandler(failures)
        .setUsageHelpAutoWidth(true)
        .setUsageHelpLongOptionsMaxWidth(30);
  }

  /** Teaches a parser the types of QuadraLib. */
  static CommandLine converters(CommandLine command) {
    return command
        .registerConverter(Path.class, new PathConverter())
        .registerConverter(ImageShape.class, new ImageShapeConverter())
        .registerConverter(BackpropMode.class, BackpropMode::parse)
        .registerConverter(BatchSize.class, BatchSize::parse)
        .registerConverter(MemorySize.class, MemorySize::parse)
        .registerConverter(Backprop.class, text -> EnumNames.parse(Backprop.class, text))
        .registerConverter(NeuronType.class, text -> EnumNames.parse(NeuronType.class, text))
        .registerConverter(
            QuadraticStart.class, text -> EnumNames.parse(QuadraticStart.class, text))
        .registerConverter(
            Baselines.Match.class, text -> EnumNames.parse(Baselines.Match.class, text))
        .registerConverter(OptimizerName.class, text -> EnumNames.parse(OptimizerName.class, text))
        .registerConverter(ScheduleName.class, text -> EnumNames.parse(ScheduleName.class, text));
  }
}
