package org.quadralib.samples;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.quadralib.architecture.Architecture;
import org.quadralib.data.ImageShape;
import org.quadralib.io.Npz;
import org.quadralib.io.SafeTensors;
import org.quadralib.layers.Model;
import org.quadralib.onnx.ImportedModel;
import org.quadralib.onnx.OnnxExport;
import org.quadralib.onnx.OnnxImport;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.Tensor;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code quadra convert}: weights and models from one format into another. */
@Command(
    name = "convert",
    header = "Converts weights and models: PyTorch, safetensors, npz, ONNX, YAML.",
    description = {
      "",
      "Reads .pth in both formats, safetensors, npz, checkpoints of runs, and ONNX models; what IN"
          + " is, its bytes say. Writes .safetensors, .npz, .onnx or, the architecture alone,"
          + " .yaml, as the name of OUT says. Nothing in a .pth is run. For .onnx and .yaml the"
          + " network must be known: from IN, if it was trained here or is ONNX, or by --model."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    footer = {
      "%nExamples:",
      "  quadra convert qresnet14.pth qresnet14.safetensors",
      "  quadra convert qresnet14.pth qresnet14.onnx --model qresnet14 --input 3x32x32",
      "  quadra convert model.onnx model.safetensors",
      "  quadra convert runs/NAME/weights.safetensors model.onnx",
    })
final class ConvertCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "IN", description = "File to read.")
  private Path in;

  @Parameters(index = "1", paramLabel = "OUT", description = "File to write.")
  private Path out;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description = "The network: a model of the pool, or an architecture, FILE.yaml.")
  private @Nullable String model;

  @Option(
      names = "--input",
      paramLabel = "CxHxW",
      description = "With --model: channels, height and width of an image. Default: what IN says.")
  private @Nullable ImageShape input;

  @Option(
      names = "--classes",
      paramLabel = "N",
      description = "With --model: number of classes. Default: as many as the last layer has.")
  private @Nullable Integer classes;

  /** What OUT can be. */
  private enum Format {
    SAFETENSORS,
    NPZ,
    ONNX,
    YAML
  }

  @Override
  public Integer call() throws IOException {
    Format format = format();
    if (Files.exists(out) && Files.exists(in) && Files.isSameFile(in, out)) {
      throw new IllegalArgumentException("'%s' is also read from; choose another".formatted(out));
    }
    int tensors = isOnnx() ? convertOnnx(format) : convertTensors(format);
    PrintWriter text = spec.commandLine().getOut();
    text.printf("%s: %s%n", out, format == Format.YAML ? "the architecture" : tensors + " tensors");
    text.flush();
    return 0;
  }

  private Format format() {
    String name = out.toString().toLowerCase(Locale.ROOT);
    for (Format format : Format.values()) {
      if (name.endsWith("." + format.name().toLowerCase(Locale.ROOT))) {
        return format;
      }
    }
    if (name.endsWith(".pth") || name.endsWith(".pt")) {
      throw new IllegalArgumentException(
          "PyTorch files are read, not written; write .safetensors, which PyTorch programs read");
    }
    throw new IllegalArgumentException(
        "'%s' must end in .safetensors, .npz, .onnx or .yaml, which says what to write"
            .formatted(out));
  }

  /** An ONNX file has no mark by which to know it. */
  private boolean isOnnx() {
    return in.toString().toLowerCase(Locale.ROOT).endsWith(".onnx");
  }

  private int convertOnnx(Format format) throws IOException {
    try (ImportedModel imported = OnnxImport.read(in)) {
      Map<String, String> metadata = new LinkedHashMap<>();
      metadata.put(TrainedOn.ARCHITECTURE, imported.architecture().yaml());
      write(format, imported.weights(), metadata, Optional.of(imported.architecture()));
      return imported.weights().size();
    }
  }

  private int convertTensors(Format format) throws IOException {
    try (WeightsFile file = WeightsFile.open(in)) {
      Map<String, String> metadata = new LinkedHashMap<>(file.metadata());
      Optional<Architecture> architecture = architecture(file);
      if (model != null) {
        architecture.ifPresent(a -> metadata.put(TrainedOn.ARCHITECTURE, a.yaml()));
      }
      write(format, file.weights(), metadata, architecture);
      return file.weights().size();
    }
  }

  /** The network, checked against the weights. */
  private Optional<Architecture> architecture(WeightsFile file) throws IOException {
    @Nullable String name = model;
    if (name == null) {
      return file.trainedOn().architecture();
    }
    Shape example =
        input != null
            ? Images.exampleOf(input)
            : file.trainedOn()
                .input()
                .map(Images::exampleOf)
                .or(() -> ofFile(name))
                .orElseThrow(
                    () ->
                        new IllegalArgumentException(
                            in + " does not say the shape of images; give it by --input"));
    try (Model network = file.model(name, example, classes)) {
      return Optional.of(new Architecture(ModelChoice.shortName(name), example, network.layer()));
    }
  }

  private static Optional<Shape> ofFile(String name) {
    try {
      return ModelChoice.isFile(name)
          ? Optional.of(Architecture.read(Path.of(name)).input())
          : Optional.empty();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private void write(
      Format format,
      Map<String, Tensor> weights,
      Map<String, String> metadata,
      Optional<Architecture> architecture)
      throws IOException {
    switch (format) {
      case SAFETENSORS -> SafeTensors.write(out, weights, metadata);
      case NPZ -> Npz.write(out, weights);
      case YAML -> needed(architecture).write(out);
      case ONNX -> {
        Architecture known = needed(architecture);
        try (Model network = Model.create(known.network(), known.input(), 0)) {
          network.load(weights);
          OnnxExport.write(out, network);
        }
      }
    }
  }

  private Architecture needed(Optional<Architecture> architecture) {
    return architecture.orElseThrow(
        () ->
            new IllegalArgumentException(
                in + " does not say which network it is; name it with --model and --input"));
  }
}
