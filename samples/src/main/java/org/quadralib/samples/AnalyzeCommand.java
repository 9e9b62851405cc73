package org.quadralib.samples;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.quadralib.analysis.Agreement;
import org.quadralib.analysis.Answers;
import org.quadralib.analysis.EpochStatistics;
import org.quadralib.analysis.Evidence;
import org.quadralib.analysis.FeatureMaps;
import org.quadralib.analysis.LayerStatistics;
import org.quadralib.analysis.Snapshot;
import org.quadralib.backend.Backend;
import org.quadralib.data.DataSplits;
import org.quadralib.data.ImageShape;
import org.quadralib.data.Normalize;
import org.quadralib.layers.LayerLabels;
import org.quadralib.layers.Model;
import org.quadralib.layers.ModelSummary;
import org.quadralib.layers.ParameterSpec;
import org.quadralib.memory.TensorArena;
import org.quadralib.names.Suggestions;
import org.quadralib.report.AnalysisReport;
import org.quadralib.train.GradientNorm;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code quadra analyze}: looks into a trained model. */
@Command(
    name = "analyze",
    header = "Looks into a trained model: its layers, its evidence, its gradients.",
    description = {
      "",
      "Writes report.html, to be opened in a browser, and pictures beside it: feature maps of"
          + " layers with their first- and second-order terms side by side, where in the image the"
          + " evidence for a class lies, distributions of weights, gradients and activations, and"
          + " gradients by depth. With --against also what another model does with the same images."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    abbreviateSynopsis = true,
    footer = {
      "%nExamples:",
      "  quadra analyze --weights runs/qcnn-digits-20260101-120000/weights.safetensors",
      "  quadra analyze --weights q.safetensors --against first.safetensors --out compared",
      "  quadra analyze --weights w.safetensors --images photos --class cat --box 8,4,16,20",
      "  quadra analyze --weights w.safetensors --images x.npy --mask mask.png --layer"
          + " layer1.0.conv1",
    })
final class AnalyzeCommand implements Callable<Integer> {
  /** Statistics are taken on so many images at most. */
  private static final int STATISTICS = 64;

  @Spec private CommandSpec spec;

  @Mixin private WeightsFlags trained;

  @Option(
      names = "--against",
      paramLabel = "FILE",
      description = "Weights of another model to compare with on the same images.")
  private @Nullable Path against;

  @Option(
      names = "--data",
      paramLabel = "NAME",
      description =
          "Look at test images of this data set. Default: the one the weights were trained on.")
  private @Nullable String data;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "Folder of the data set's files, as for 'quadra evaluate'.")
  private @Nullable Path dataDir;

  @Option(
      names = "--images",
      paramLabel = "PATH",
      description =
          "Look at these images instead: an image file, a folder of them, or an npy file, float32"
              + " [N, C, H, W], of intensities from 0 to 1.")
  private @Nullable Path images;

  @Option(
      names = "--input",
      paramLabel = "CxHxW",
      description = "Shape that the model takes. Default: the one the weights were trained on.")
  private @Nullable ImageShape input;

  @Option(
      names = "--layer",
      paramLabel = "NAME",
      description =
          "Show the maps of this layer only; may be given again. Default: all with weights.")
  private @Nullable List<String> layers;

  @Option(
      names = "--class",
      paramLabel = "CLASS",
      description =
          "Look for evidence of this class, by name or number from 0. Default: the one the model"
              + " sees.")
  private @Nullable String target;

  @Option(
      names = "--mask",
      paramLabel = "FILE",
      description =
          "Where the object is: an image, light there, or an npy file [H, W] or [N, H, W], not 0"
              + " there.")
  private @Nullable Path mask;

  @Option(
      names = "--box",
      paramLabel = "X,Y,W,H",
      description = "Where the object is: left, top, width and height of a box in pixels.")
  private @Nullable String box;

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "6",
      description = "Images to show maps and evidence of. Default: ${DEFAULT-VALUE}.")
  private int count;

  @Option(
      names = "--out",
      paramLabel = "FOLDER",
      description = "Where files go. Default: the folder 'analysis' beside the weights.")
  private @Nullable Path out;

  @Mixin private ComputeOptions compute;

  @Mixin private JsonFlag json;

  @Override
  public Integer call() throws IOException {
    check();
    try (WeightsFile file = WeightsFile.open(trained.weights);
        TensorArena arena = TensorArena.root("images")) {
      TrainedOn trainedOn = file.trainedOn();
      List<String> classNames = trainedOn.classNames();
      AnalysisImages chosen;
      if (images != null) {
        chosen = readImages(images, trainedOn, classNames, arena);
      } else {
        DataSplits splits = open(trainedOn);
        classNames = splits.test().classNames();
        Normalize normalize =
            trainedOn.normalize().orElseGet(() -> DataFlags.normalize(dataName(trainedOn), splits));
        chosen = AnalysisImages.of(splits.test(), Optional.of(normalize), arena);
      }
      trainedOn.requireShape(chosen.shape(), images != null ? images : "the data");
      try (Backend backend = compute.open();
          Model network =
              file.model(
                  trained.model,
                  Images.exampleOf(chosen.shape()),
                  images != null ? null : classNames.size())) {
        file.warnOfNonFinite(spec.commandLine().getErr());
        analyze(file, network, backend, chosen, classNames);
      }
    }
    return 0;
  }

  private void check() {
    if (count < 1) {
      throw new IllegalArgumentException("--count must be at least 1, not " + count);
    }
    if (mask != null && box != null) {
      throw new IllegalArgumentException("--mask and --box both say where the object is; give one");
    }
    if (images != null && (data != null || dataDir != null)) {
      throw new IllegalArgumentException(
          "--images takes the place of --data and --data-dir; give one");
    }
  }

  private AnalysisImages readImages(
      Path path, TrainedOn trainedOn, List<String> classNames, TensorArena arena)
      throws IOException {
    Optional<Normalize> normalize = trainedOn.normalize();
    if (normalize.isEmpty()) {
      Warnings.print(
          spec.commandLine().getErr(),
          trained.weights + " does not say how images were normalised: they are taken as they are");
    }
    if (path.toString().toLowerCase(Locale.ROOT).endsWith(".npy")) {
      return AnalysisImages.ofArray(path, normalize, arena);
    }
    ImageShape shape =
        Optional.ofNullable(input)
            .or(trainedOn::input)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        trained.weights
                            + " does not say of what shape images are; say it by --input CxHxW"));
    return AnalysisImages.of(path, shape, classNames, normalize, arena);
  }

  private String dataName(TrainedOn trainedOn) {
    return data != null ? data : trainedOn.data().orElse(Defaults.DATA);
  }

  private DataSplits open(TrainedOn trainedOn) {
    String name = dataName(trainedOn);
    boolean same = trainedOn.data().equals(Optional.of(name));
    TrainOptions.Source source = new TrainOptions.Source();
    source.data = name;
    source.dataDir = dataDir == null && same ? trainedOn.dataDir().orElse(null) : dataDir;
    source.input = input;
    if (input == null && name.equals("folder")) {
      source.input = trainedOn.input().orElse(null);
    }
    source.validation = 0.0;
    DataSplits splits =
        DataFlags.open(source, new DataProgress(spec.commandLine().getErr(), Terminal.isPresent()));
    trainedOn.requireShape(splits.test().shape(), splits.test().name());
    trainedOn.requireClasses(splits.test().classNames(), splits.test().name());
    return splits;
  }

  private void analyze(
      WeightsFile file,
      Model network,
      Backend backend,
      AnalysisImages chosen,
      List<String> classNames)
      throws IOException {
    int shown = Math.min(count, chosen.count());
    List<String> known = FeatureMaps.layers(network);
    List<FeatureMaps> maps =
        FeatureMaps.of(
            network,
            backend,
            chosen.first(shown),
            layers != null ? layers : weighted(network, known));
    Answers answers = Answers.of(network, backend, chosen.tensor());
    int[] targets = targets(answers, shown, classNames);
    @Nullable List<boolean[]> object = null;
    if (mask != null) {
      object = ObjectMask.ofFile(mask, chosen.shape(), shown);
    } else if (box != null) {
      object = ObjectMask.ofBox(box, chosen.shape(), shown);
    }
    List<Evidence> evidence = Evidence.of(network, backend, chosen.first(shown), targets);
    int batch = Math.min(STATISTICS, chosen.count());
    int[] labels =
        IntStream.range(0, batch)
            .map(i -> chosen.labels()[i] >= 0 ? chosen.labels()[i] : answers.best(i))
            .toArray();
    List<EpochStatistics> statistics = new ArrayList<>();
    statistics.add(Snapshot.of(network, backend, chosen.first(batch), labels));
    List<String> names = new ArrayList<>(List.of(nameOf(file, trained.weights)));
    @Nullable Agreement agreement = null;
    if (against != null) {
      try (WeightsFile otherFile = WeightsFile.open(against);
          Model other = otherFile.model(null, network.example(), answers.classes())) {
        statistics.add(Snapshot.of(other, backend, chosen.first(batch), labels));
        agreement =
            Agreement.of(answers, Answers.of(other, backend, chosen.tensor()), chosen.labels());
        names.add(nameOf(otherFile, against));
        if (names.getFirst().equals(names.getLast())) {
          names = List.of(fileName(trained.weights, against), fileName(against, trained.weights));
        }
      }
    }
    write(
        chosen,
        classNames,
        shown,
        maps,
        answers,
        evidence,
        object,
        statistics,
        names,
        agreement,
        LayerLabels.of(ModelSummary.of(network.layer(), network.example())));
  }

  private String nameOf(WeightsFile file, Path path) {
    String name =
        path.equals(trained.weights) && trained.model != null
            ? trained.model
            : file.trainedOn().model().orElse("");
    return name.isEmpty() ? String.valueOf(path.getFileName()) : ModelChoice.shortName(name);
  }

  /** What tells two files of weights of the same model apart: their runs, or all of the path. */
  private static String fileName(Path path, Path other) {
    String run = runName(path);
    return run.equals(runName(other)) ? path.toString() : run;
  }

  private static String runName(Path path) {
    Path folder = path.toAbsolutePath().getParent();
    return String.valueOf(folder == null ? path : folder.getFileName());
  }

  /** Layers with weights; norms and all others follow from them. */
  private static List<String> weighted(Model network, List<String> known) {
    List<ParameterSpec> weights =
        network.specs().stream().filter(spec -> spec.kind() == ParameterSpec.Kind.WEIGHT).toList();
    Set<String> layers = new HashSet<>(GradientNorm.layers(weights).values());
    return known.stream().filter(layers::contains).toList();
  }

  private int[] targets(Answers answers, int shown, List<String> classNames) {
    int[] targets = IntStream.range(0, shown).map(answers::best).toArray();
    if (target != null) {
      int named = classNames.indexOf(target);
      int number = target.matches("\\d{1,6}") ? Integer.parseInt(target) : -1;
      int chosen = named >= 0 ? named : number;
      if (chosen < 0 || chosen >= answers.classes()) {
        throw new IllegalArgumentException(
            "there is no class '%s'%s; name one, or give a number from 0 to %d"
                .formatted(
                    target, Suggestions.didYouMean(target, classNames), answers.classes() - 1));
      }
      Arrays.fill(targets, chosen);
    }
    return targets;
  }

  private void write(
      AnalysisImages chosen,
      List<String> classNames,
      int shown,
      List<FeatureMaps> maps,
      Answers answers,
      List<Evidence> evidence,
      @Nullable List<boolean[]> object,
      List<EpochStatistics> statistics,
      List<String> names,
      @Nullable Agreement agreement,
      LayerLabels labels)
      throws IOException {
    RunFolder folder =
        new RunFolder(
            out != null ? out : trained.weights.toAbsolutePath().resolveSibling("analysis"));
    folder.create();
    String accuracy =
        chosen.isLabelled()
            ? String.format(
                Locale.ROOT,
                ", of which it recognises %.2f%%",
                100 * answers.accuracy(chosen.labels()))
            : "";
    AnalysisReport report =
        new AnalysisReport(
            folder.path(),
            labels,
            "A look into " + names.getFirst(),
            "%s, with the weights %s, looked at with %,d images%s."
                .formatted(names.getFirst(), trained.weights, chosen.count(), accuracy),
            chosen.pictures(),
            chosen.captions(),
            classNames);
    report.clear();
    report.answers(answers, chosen.labels(), shown);
    report.maps(maps);
    report.evidence(evidence, object);
    report.statistics(names, statistics);
    if (agreement != null) {
      report.comparison(names.getFirst(), names.getLast(), agreement, chosen.isLabelled());
    }
    report.write();
    PrintWriter stdout = spec.commandLine().getOut();
    PrintWriter said = json.given ? spec.commandLine().getErr() : stdout;
    said.printf(
        Locale.ROOT,
        "%s: %d layers, %d images%s; %d files, report in %s%n",
        names.getFirst(),
        maps.size(),
        chosen.count(),
        accuracy,
        report.files().size(),
        folder.report());
    said.flush();
    if (json.given) {
      stdout.println(
          json(chosen, answers, maps, evidence, object, statistics, agreement, report, folder));
    }
    stdout.flush();
  }

  private ObjectNode json(
      AnalysisImages chosen,
      Answers answers,
      List<FeatureMaps> maps,
      List<Evidence> evidence,
      @Nullable List<boolean[]> object,
      List<EpochStatistics> statistics,
      @Nullable Agreement agreement,
      AnalysisReport report,
      RunFolder folder) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("weights", trained.weights.toString());
    json.put("against", against == null ? null : against.toString());
    json.put("images", chosen.count());
    json.put("classes", answers.classes());
    if (chosen.isLabelled()) {
      json.put("accuracy", answers.accuracy(chosen.labels()));
    }
    ArrayNode layerNames = json.putArray("layers");
    maps.forEach(map -> layerNames.add(map.layer()));
    ArrayNode found = json.putArray("evidence");
    for (int i = 0; i < evidence.size(); i++) {
      Evidence e = evidence.get(i);
      ObjectNode node = found.addObject();
      node.put("image", chosen.captions().get(i));
      node.put("class", e.target());
      put(node, "logit", e.logit());
      put(node, "baseline", e.baseline());
      put(node, "firstOrder", sum(e.first()));
      put(node, "secondOrder", sum(e.second()));
      if (object != null) {
        put(node, "onObject", Evidence.shareIn(e.total(), object.get(i)));
        put(node, "onObjectFirstOrder", Evidence.shareIn(e.first(), object.get(i)));
        put(node, "onObjectSecondOrder", Evidence.shareIn(e.second(), object.get(i)));
        put(node, "areaOfObject", AnalysisReport.area(object.get(i)));
      }
    }
    ArrayNode gradients = json.putArray("gradientNorms");
    for (EpochStatistics model : statistics) {
      ArrayNode rows = gradients.addArray();
      for (LayerStatistics layer : model.layers()) {
        if (layer.kind() == LayerStatistics.Kind.GRADIENT) {
          ObjectNode row = rows.addObject();
          row.put("layer", layer.layer());
          row.put("order", layer.term().name().toLowerCase(Locale.ROOT));
          put(row, "norm", layer.histogram().norm());
        }
      }
    }
    if (agreement != null) {
      ObjectNode node = json.putObject("agreement");
      node.put("same", agreement.same());
      node.put("bothRight", agreement.bothRight());
      node.put("onlyFirstRight", agreement.onlyFirstRight());
      node.put("onlySecondRight", agreement.onlySecondRight());
      put(node, "meanDifference", agreement.meanDifference());
    }
    json.put("report", folder.report().toString());
    ArrayNode files = json.putArray("files");
    report.files().forEach(file -> files.add(file.toString()));
    return json;
  }

  private static double sum(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum;
  }

  /** NaN and infinity are no JSON. */
  private static void put(ObjectNode node, String name, double value) {
    if (Double.isFinite(value)) {
      node.put(name, value);
    } else {
      node.putNull(name);
    }
  }
}
