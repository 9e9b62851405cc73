package org.quadralib.samples;

import static org.quadralib.samples.TrainingSetup.needed;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.quadralib.backend.Backend;
import org.quadralib.train.DivergenceException;
import org.quadralib.train.GradientHealth;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code quadra train}. */
@Command(
    name = "train",
    header = "Trains a model and measures it on the test set.",
    description = {
      "",
      "Without options: the quadratic network 'qcnn' on the 1,797 handwritten digits that come with"
          + " the library. Progress goes to standard error, results to standard output and into a"
          + " folder. Ctrl-C saves the run; --resume goes on with it."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    abbreviateSynopsis = true,
    footer = {
      "%nDefaults by data set:",
      "  digits                --model qcnn --epochs 15 --batch 32 --optimizer adamw",
      "                        --schedule one-cycle",
      "  mnist, fashion-mnist  the same with --epochs 10 --batch 64",
      "  cifar10, cifar100     --model qresnet14 --epochs 30 --batch 128 --optimizer sgd",
      "                        --schedule one-cycle --flip --crop 4",
      "  folder                the same without --crop",
      "Defaults by optimizer:",
      "  sgd                   --lr 0.1 --momentum 0.9 --weight-decay 5e-4",
      "  adamw                 --lr 0.01 --weight-decay 0.01",
      "  adam                  --lr 0.001 --weight-decay 0",
      "  adadelta              --lr 1 --weight-decay 0",
      "%nSchedules: one-cycle rises from lr/25 to lr during 30%% of the steps, then falls to almost"
          + " 0;",
      "cosine falls to lr/1000; step divides by 10 after each third of the steps.",
      "%nA configuration file for --config has one option a line, named like the flag:",
      "  model: qresnet14",
      "  data: cifar10",
      "  lr: 5e-2",
      "  flip: true",
      "%nExamples:",
      "  quadra train",
      "  quadra train --data fashion-mnist --epochs 1",
      "  quadra train --model qresnet14 --data folder --data-dir images --epochs 2 --batch 128",
      "  quadra train --config run.yaml --seed 7 --json",
      "  quadra train --model qvgg16 --start relinear --quadratic-lr-scale 0.01 --data cifar10",
      "  quadra train --model network.yaml --data cifar10",
      "  quadra train --backprop auto --memory 128MiB --data cifar10",
      "  quadra train --resume runs/qcnn-digits-20260101-120000",
    })
final class TrainCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @SuppressWarnings("UnusedVariable") // declares the flags; gather() takes them as text
  @Mixin
  private TrainOptions options;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Options from a YAML file; flags are stronger.")
  private @Nullable Path config;

  @Option(
      names = "--resume",
      paramLabel = "DIR",
      description = "Go on with the run in this folder, with its options.")
  private @Nullable Path resume;

  @Override
  public Integer call() throws IOException {
    if (resume == null) {
      Map<String, String> values = gather(Map.of());
      return train(values, folder(typed(values)), null);
    }
    RunFolder folder = RunFolder.toResume(resume);
    ObjectNode manifest = folder.readManifest();
    Map<String, String> recorded = Manifest.options(folder, manifest);
    Map<String, String> values = gather(recorded);
    if (values.containsKey("out")) {
      throw new IllegalArgumentException(
          "--out does not go with --resume: the run stays in " + folder.path());
    }
    return train(values, folder, Resumption.of(folder, manifest, recorded, values));
  }

  private int train(Map<String, String> values, RunFolder folder, @Nullable Resumption resumption)
      throws IOException {
    TrainOptions all = typed(values);
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    PrintWriter shown = isSet(all.output.quiet) ? new PrintWriter(Writer.nullWriter()) : err;
    boolean terminal = Terminal.isPresent();
    ProgressLine progress = new ProgressLine(shown, terminal, needed(all.learning.epochs));
    DataProgress loading = new DataProgress(err, terminal && !isSet(all.output.quiet));
    Consumer<String> warnings =
        warning -> {
          progress.clear();
          Warnings.print(err, warning);
        };
    GradientHealth health = new GradientHealth(warnings);
    try (Backend backend = ComputeOptions.open(all.computing.backend, all.computing.threads);
        TrainSession session =
            new TrainSession(
                values, all, backend, folder, resumption, progress, health, loading, warnings);
        StopOnSignal _ = new StopOnSignal(session::stop)) {
      shown.print(session.explanation());
      shown.flush();
      Outcome outcome = session.run();
      progress.clear();
      report(outcome, isSet(all.output.json), isSet(all.output.quiet));
      return outcome.isInterrupted() ? Failures.INTERRUPTED : 0;
    } catch (DivergenceException e) {
      if (isSet(all.output.json)) {
        out.println(Outcome.diverged(all, e, folder));
        out.flush();
      }
      throw e;
    }
  }

  /** All options, the stronger over the weaker. */
  private Map<String, String> gather(Map<String, String> recorded) throws IOException {
    OptionLayers given = new OptionLayers().add(recorded);
    if (config != null) {
      given.add(config);
    }
    given.add(OptionLayers.flags(spec.commandLine().getParseResult()));
    Map<String, String> all = new LinkedHashMap<>(Defaults.under(given.values()));
    all.putAll(given.values());
    return all;
  }

  private static TrainOptions typed(Map<String, String> values) {
    return new OptionLayers().add(values).options();
  }

  private static RunFolder folder(TrainOptions options) {
    return options.output.out != null
        ? new RunFolder(options.output.out)
        : RunFolder.fresh(
            ModelChoice.shortName(needed(options.source.model)), needed(options.source.data));
  }

  /** Results go to standard output, but with JSON only that does. */
  private void report(Outcome outcome, boolean json, boolean quiet) {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    if (!(json && quiet)) {
      (json ? err : out).print(outcome.table());
    }
    if (outcome.isInterrupted()) {
      err.printf(
          "Interrupted; everything is saved. Go on with: ./quadra train --resume %s%n",
          outcome.folder().path());
    }
    err.flush();
    if (json) {
      out.println(outcome.json());
    }
    out.flush();
  }

  private static boolean isSet(@Nullable Boolean flag) {
    return flag != null && flag;
  }
}
