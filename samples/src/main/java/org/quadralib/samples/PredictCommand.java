package org.quadralib.samples;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.quadralib.backend.Backend;
import org.quadralib.data.ImageShape;
import org.quadralib.data.Normalize;
import org.quadralib.io.Npy;
import org.quadralib.layers.Model;
import org.quadralib.memory.Category;
import org.quadralib.memory.TensorArena;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.Tensor;
import org.quadralib.tensor.TensorType;
import org.quadralib.train.EvaluationStep;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code quadra predict}: arrays in, logits out. */
@Command(
    name = "predict",
    header = "Runs a model on an array of images and writes its logits.",
    description = {
      "",
      "Reads a float32 array [N, C, H, W] and writes a float32 array [N, classes]. The numbers go"
          + " in as they are: if the model was trained on normalised images, normalise them alike,"
          + " or give pixels from 0 to 1 and --normalize."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    footer = {
      "%nExample:",
      "  quadra predict --model qresnet14 --weights qresnet14.safetensors \\",
      "      --input images.npy --output logits.npy",
    })
final class PredictCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private WeightsFlags trained;

  @Option(
      names = "--input",
      paramLabel = "FILE",
      required = true,
      description = "Images: an npy file, float32 [N, C, H, W].")
  private Path input;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      required = true,
      description = "Where the logits go: an npy file, float32 [N, classes].")
  private Path output;

  @Option(
      names = "--classes",
      paramLabel = "N",
      description = "Number of classes. Default: as many as the last layer of the weights has.")
  private @Nullable Integer classes;

  @Option(
      names = "--normalize",
      description = "Normalise the images as those were that the weights were trained on.")
  private boolean normalize;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "64",
      description = "Images computed at once. Default: ${DEFAULT-VALUE}.")
  private int batch;

  @Mixin private ComputeOptions compute;

  @Mixin private JsonFlag json;

  @Override
  public Integer call() throws IOException {
    if (batch < 1) {
      throw new IllegalArgumentException("--batch must be at least 1, not " + batch);
    }
    for (Path read : List.of(input, trained.weights)) {
      if (Files.exists(output) && Files.exists(read) && Files.isSameFile(output, read)) {
        throw new IllegalArgumentException(
            "--output '%s' is also read from; choose another file".formatted(output));
      }
    }
    try (WeightsFile file = WeightsFile.open(trained.weights);
        Npy array = Npy.open(input)) {
      Tensor images = array.tensor();
      Shape example = exampleOf(images.type());
      TrainedOn trainedOn = file.trainedOn();
      trainedOn.requireShape(new ImageShape(example.dim(0), example.dim(1), example.dim(2)), input);
      Optional<Normalize> transform =
          normalize ? Optional.of(normalize(trainedOn)) : Optional.empty();
      int count = images.shape().dim(0);
      try (Backend backend = compute.open();
          Model network = file.model(trained.model, example, classes);
          EvaluationStep step =
              EvaluationStep.compile(network, backend, Math.clamp(count, 1, batch));
          TensorArena arena = TensorArena.root("predictions")) {
        Shape shape = step.logits().shape().with(0, count);
        Tensor logits =
            arena.allocate("logits", Category.OUTPUT, new TensorType(DType.FLOAT32, shape));
        file.warnOfNonFinite(spec.commandLine().getErr());
        long start = System.nanoTime();
        run(step, images, transform, logits);
        double seconds = (System.nanoTime() - start) / 1e9;
        Npy.write(output, logits);
        report(trained.model != null ? trained.model : file.modelName(), shape, seconds);
      }
    }
    return 0;
  }

  /**
   * Prints what was done.
   *
   * @param shape of the logits, {@code [n, classes]}
   */
  private void report(String name, Shape shape, double seconds) {
    int count = shape.dim(0);
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter shown = json.given ? spec.commandLine().getErr() : out;
    shown.printf(
        Locale.ROOT,
        "%,d images in %.2f s, %.0f images/s; wrote logits %s to %s%n",
        count,
        seconds,
        count / seconds,
        shape,
        output);
    shown.flush();
    if (json.given) {
      ObjectNode results = JsonNodeFactory.instance.objectNode();
      results.put("model", name);
      results.put("weights", trained.weights.toString());
      results.put("input", input.toString());
      results.put("output", output.toString());
      results.put("examples", count);
      results.put("classes", shape.dim(1));
      results.put("batch", batch);
      results.put("seconds", seconds);
      results.put("imagesPerSecond", count / seconds);
      out.println(results);
      out.flush();
    }
  }

  /**
   * Runs all images batch by batch. In evaluation images do not influence each other, so it does
   * not matter what an incomplete last batch leaves in the rest of the input.
   *
   * @param images {@code [n, channels, height, width]}
   * @param logits {@code [n, classes]}
   */
  private static void run(
      EvaluationStep step, Tensor images, Optional<Normalize> transform, Tensor logits) {
    int planned = step.input().shape().dim(0);
    int count = images.shape().dim(0);
    long imageBytes = step.input().segment().byteSize() / planned;
    long rowBytes = step.logits().segment().byteSize() / planned;
    for (int first = 0; first < count; first += planned) {
      int rows = Math.min(planned, count - first);
      MemorySegment.copy(
          images.segment(), first * imageBytes, step.input().segment(), 0, rows * imageBytes);
      transform.ifPresent(normalize -> normalize(step.input(), normalize));
      step.run();
      MemorySegment.copy(
          step.logits().segment(), 0, logits.segment(), first * rowBytes, rows * rowBytes);
    }
  }

  private static Normalize normalize(TrainedOn trainedOn) {
    return trainedOn
        .normalize()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    trainedOn.path()
                        + " does not say how images were normalised; normalise them before, and"
                        + " leave out --normalize"));
  }

  /** Changes a batch {@code [n, channels, height, width]} in place. */
  private static void normalize(Tensor batch, Normalize normalize) {
    Shape shape = batch.shape();
    normalize.outputShape(new ImageShape(shape.dim(1), shape.dim(2), shape.dim(3)));
    long plane = (long) shape.dim(2) * shape.dim(3);
    for (long i = 0; i < batch.elements(); i++) {
      int channel = (int) (i / plane % shape.dim(1));
      // As Normalize does it: one division per channel, not one per pixel.
      float scale = 1 / normalize.std().get(channel);
      batch.set(i, ((float) batch.get(i) - normalize.mean().get(channel)) * scale);
    }
  }

  private Shape exampleOf(TensorType type) {
    if (type.dtype() != DType.FLOAT32 || type.shape().rank() != 4) {
      throw new IllegalArgumentException(
          "%s holds %s, but images must be float32 [N, channels, height, width]"
              .formatted(input, type));
    }
    Shape shape = type.shape();
    return Shape.of(shape.dim(1), shape.dim(2), shape.dim(3));
  }
}
