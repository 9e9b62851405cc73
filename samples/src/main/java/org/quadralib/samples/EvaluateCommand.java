package org.quadralib.samples;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.quadralib.backend.Backend;
import org.quadralib.data.DataSplits;
import org.quadralib.data.ImageShape;
import org.quadralib.data.Normalize;
import org.quadralib.layers.Backprop;
import org.quadralib.layers.Model;
import org.quadralib.layers.ModelSummary;
import org.quadralib.loss.CrossEntropy;
import org.quadralib.profile.MemoryReport;
import org.quadralib.train.Evaluation;
import org.quadralib.train.Evaluator;
import org.quadralib.train.Recipe;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code quadra evaluate}: a model on the test set. */
@Command(
    name = "evaluate",
    header = "Measures a model on the test set.",
    description = {
      "",
      "Images are normalised as they were when the weights were trained; weights from elsewhere do"
          + " not say how, then the training set is measured. All files of a run's folder will do:"
          + " weights, best and last."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    abbreviateSynopsis = true,
    footer = {
      "%nExamples:",
      "  quadra evaluate --weights runs/qcnn-digits-20260101-120000/weights.safetensors",
      "  quadra evaluate --model qresnet14 --weights q.safetensors --data cifar10 --json",
    })
final class EvaluateCommand implements Callable<Integer> {
  private static final int TABLE_CLASSES = 20;

  @Spec private CommandSpec spec;

  @Mixin private WeightsFlags trained;

  @Option(
      names = "--data",
      paramLabel = "NAME",
      description =
          "digits, mnist, fashion-mnist, cifar10, cifar100 or folder. Default: what the weights"
              + " were trained on, else digits.")
  private @Nullable String data;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description =
          "Folder of the data set's files. Default: the one the weights were trained on, if it is"
              + " there, else the usual places, among them ./data.")
  private @Nullable Path dataDir;

  @Option(
      names = "--input",
      paramLabel = "CxHxW",
      description = "With --data folder: give all images this shape. Default: keep theirs.")
  private @Nullable ImageShape input;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "64",
      description = "Images computed at once. Default: ${DEFAULT-VALUE}.")
  private int batch;

  @Mixin private ComputeOptions compute;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "Options from a YAML file, also from one for 'train'; flags are stronger. The weights are"
              + " always a flag.")
  private @Nullable Path config;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Also write evaluation.json and confusion.csv into this folder.")
  private @Nullable Path out;

  @SuppressWarnings("UnusedVariable") // so that the flags of a training do here too
  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "As for 'train'. Results do not depend on it: nothing here is random.")
  private @Nullable Long seed;

  @SuppressWarnings("UnusedVariable") // as --seed
  @Option(
      names = "--backprop",
      paramLabel = "HOW",
      description = "As for 'train'. Results do not depend on it: nothing is kept for gradients.")
  private @Nullable Backprop backprop;

  @Mixin private JsonFlag json;

  @Override
  public Integer call() throws IOException {
    if (config != null) {
      return EvaluateConfig.read(config, spec).call();
    }
    RunFolder folder = out == null ? null : new RunFolder(out);
    if (folder != null) {
      folder.create();
    }
    if (batch < 1) {
      throw new IllegalArgumentException("--batch must be at least 1, not " + batch);
    }
    PrintWriter stdout = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    try (WeightsFile file = WeightsFile.open(trained.weights)) {
      TrainedOn trainedOn = file.trainedOn();
      Optional<Normalize> known = trainedOn.normalize();
      String name = data != null ? data : trainedOn.data().orElse(Defaults.DATA);
      DataSplits splits = open(name, trainedOn, err);
      trainedOn.requireShape(splits.test().shape(), splits.test().name());
      trainedOn.requireClasses(splits.test().classNames(), splits.test().name());
      Normalize normalize = known.orElseGet(() -> DataFlags.normalize(name, splits));
      int classes = splits.test().classNames().size();
      try (Backend backend = compute.open();
          Model network =
              file.model(trained.model, Images.exampleOf(splits.test().shape()), classes);
          Evaluator evaluator =
              Evaluator.open(network, backend, new CrossEntropy(), batch, List.of(normalize))) {
        file.warnOfNonFinite(err);
        long start = System.nanoTime();
        Evaluation evaluation = evaluator.evaluate(splits.test());
        double seconds = (System.nanoTime() - start) / 1e9;
        PrintWriter shown = json.given ? err : stdout;
        List<String> names = splits.test().classNames().stream().map(Terminal::harmless).toList();
        if (classes <= TABLE_CLASSES) {
          shown.println(evaluation.confusion().table(names));
        }
        shown.printf(
            Locale.ROOT,
            "%s: accuracy %.2f%%, loss %.4f, %,d images in %.2f s%n",
            splits.test().name(),
            100 * evaluation.accuracy(),
            evaluation.loss(),
            evaluation.scores().examples(),
            seconds);
        shown.flush();
        if (!Double.isFinite(evaluation.loss())) {
          Warnings.print(err, Outcome.OVERFLOW);
        }
        ObjectNode results =
            results(file, network, backend, evaluator, evaluation, seconds, splits);
        if (folder != null) {
          folder.writeEvaluation(results);
          folder.writeConfusion(evaluation.confusion(), splits.test().classNames());
        }
        if (json.given) {
          stdout.println(results);
        }
        stdout.flush();
      }
    }
    return 0;
  }

  private DataSplits open(String name, TrainedOn trainedOn, PrintWriter err) {
    boolean same = trainedOn.data().equals(Optional.of(name));
    TrainOptions.Source source = new TrainOptions.Source();
    source.data = name;
    source.dataDir = dataDir == null && same ? trainedOn.dataDir().orElse(null) : dataDir;
    source.input = input;
    if (input == null && name.equals("folder")) {
      source.input = trainedOn.input().orElse(null);
    }
    source.validation = 0.0;
    return DataFlags.open(source, new DataProgress(err, Terminal.isPresent()));
  }

  private ObjectNode results(
      WeightsFile file,
      Model network,
      Backend backend,
      Evaluator evaluator,
      Evaluation evaluation,
      double seconds,
      DataSplits splits)
      throws IOException {
    ModelSummary summary = ModelSummary.of(network.layer(), network.example());
    MemoryReport training =
        MemoryReport.of(network.layer(), network.example(), Recipe.defaults(), batch, backend);
    ObjectNode results = JsonNodeFactory.instance.objectNode();
    results.put("model", trained.model != null ? trained.model : file.modelName());
    results.put("data", splits.test().name());
    results.put("weights", trained.weights.toString());
    results.put("batch", batch);
    results.put("testAccuracy", evaluation.accuracy());
    results.put("testTop5Accuracy", evaluation.top5Accuracy());
    // NaN and infinity are no JSON.
    @Nullable Double loss = Double.isFinite(evaluation.loss()) ? evaluation.loss() : null;
    results.put("loss", loss);
    results.put("testLoss", loss);
    results.put("examples", evaluation.scores().examples());
    results.set("trainSeconds", RunFolder.trainSeconds(trained.weights));
    results.put("testSeconds", seconds);
    results.put("imagesPerSecond", evaluation.scores().examples() / seconds);
    results.put("parameters", summary.parameters());
    results.put("macs", summary.macs());
    // What training on such batches would keep; evaluation itself keeps nothing.
    ObjectNode saved = results.putObject("savedBytes");
    saved.put("autodiff", training.autodiff().savedBytes());
    saved.put("hybrid", training.hybrid().savedBytes());
    saved.put("block", training.block().savedBytes());
    long own = network.specs().stream().mapToLong(spec -> spec.type().bytes()).sum();
    results.put("predictedPeakBytes", own + evaluator.peakBytes());
    results.put("measuredPeakBytes", network.arena().ledger().peak());
    return results;
  }
}
