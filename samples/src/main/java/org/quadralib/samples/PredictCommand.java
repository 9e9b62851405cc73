package org.quadralib.samples;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.quadralib.backend.Backend;
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
          + " in as they are: if the model was trained on normalised images, normalise them alike."
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

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description = "Model of the pool; see 'quadra models'. Default: the one the weights name.")
  private @Nullable String model;

  @Option(
      names = "--weights",
      paramLabel = "FILE",
      required = true,
      description = "State dictionary as safetensors, or a checkpoint.")
  private Path weights;

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
      names = "--batch",
      paramLabel = "N",
      defaultValue = "64",
      description = "Images computed at once. Default: ${DEFAULT-VALUE}.")
  private int batch;

  @Mixin private ComputeOptions compute;

  @Override
  public Integer call() throws IOException {
    if (batch < 1) {
      throw new IllegalArgumentException("--batch must be at least 1, not " + batch);
    }
    for (Path read : List.of(input, weights)) {
      if (Files.exists(output) && Files.exists(read) && Files.isSameFile(output, read)) {
        throw new IllegalArgumentException(
            "--output '%s' is also read from; choose another file".formatted(output));
      }
    }
    try (WeightsFile file = WeightsFile.open(weights);
        Npy array = Npy.open(input)) {
      Tensor images = array.tensor();
      Shape example = exampleOf(images.type());
      int count = images.shape().dim(0);
      try (Backend backend = compute.open();
          Model network = file.model(model, example, classes);
          EvaluationStep step =
              EvaluationStep.compile(network, backend, Math.clamp(count, 1, batch));
          TensorArena arena = TensorArena.root("predictions")) {
        Shape shape = step.logits().shape().with(0, count);
        Tensor logits =
            arena.allocate("logits", Category.OUTPUT, new TensorType(DType.FLOAT32, shape));
        long start = System.nanoTime();
        run(step, images, logits);
        double seconds = (System.nanoTime() - start) / 1e9;
        Npy.write(output, logits);
        spec.commandLine()
            .getOut()
            .printf(
                Locale.ROOT,
                "%,d images in %.2f s, %.0f images/s; wrote logits %s to %s%n",
                count,
                seconds,
                count / seconds,
                shape,
                output);
      }
    }
    return 0;
  }

  /**
   * Runs all images batch by batch. In evaluation images do not influence each other, so it does
   * not matter what an incomplete last batch leaves in the rest of the input.
   *
   * @param images {@code [n, channels, height, width]}
   * @param logits {@code [n, classes]}
   */
  private static void run(EvaluationStep step, Tensor images, Tensor logits) {
    int planned = step.input().shape().dim(0);
    int count = images.shape().dim(0);
    long imageBytes = step.input().segment().byteSize() / planned;
    long rowBytes = step.logits().segment().byteSize() / planned;
    for (int first = 0; first < count; first += planned) {
      int rows = Math.min(planned, count - first);
      MemorySegment.copy(
          images.segment(), first * imageBytes, step.input().segment(), 0, rows * imageBytes);
      step.run();
      MemorySegment.copy(
          step.logits().segment(), 0, logits.segment(), first * rowBytes, rows * rowBytes);
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
