package org.quadralib.samples;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.quadralib.architecture.Architecture;
import org.quadralib.io.TensorFile;
import org.quadralib.layers.Backprop;
import org.quadralib.layers.Layer;
import org.quadralib.layers.Mode;
import org.quadralib.layers.Model;
import org.quadralib.layers.ModelMismatchException;
import org.quadralib.layers.ParameterSpec;
import org.quadralib.models.ModelEntry;
import org.quadralib.models.ModelOptions;
import org.quadralib.models.Models;
import org.quadralib.tensor.DType;
import org.quadralib.tensor.Shape;
import org.quadralib.tensor.Tensor;

/** A state dictionary on disk, plain or inside a checkpoint, and what it says of its model. */
final class WeightsFile implements AutoCloseable {
  private static final String CHECKPOINT_PREFIX = "model/";

  private final Path path;
  private final TensorFile file;
  private final Map<String, Tensor> weights;

  private WeightsFile(Path path, TensorFile file) {
    this.path = path;
    this.file = file;
    this.weights = weightsOf(file.tensors());
  }

  /**
   * Opens a file without reading its data.
   *
   * @throws org.quadralib.io.FormatException if it is damaged
   */
  static WeightsFile open(Path path) throws IOException {
    return new WeightsFile(path, TensorFile.open(path));
  }

  /** A checkpoint holds the weights under a prefix, beside the optimizer's state. */
  private static Map<String, Tensor> weightsOf(Map<String, Tensor> tensors) {
    if (tensors.keySet().stream().noneMatch(name -> name.startsWith(CHECKPOINT_PREFIX))) {
      return tensors;
    }
    Map<String, Tensor> weights = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) -> {
          if (name.startsWith(CHECKPOINT_PREFIX)) {
            weights.put(name.substring(CHECKPOINT_PREFIX.length()), tensor);
          }
        });
    return weights;
  }

  /** The tensors by name: those of the model, if the file is a checkpoint. */
  Map<String, Tensor> weights() {
    return weights;
  }

  /** Free text by key. */
  Map<String, String> metadata() {
    return file.metadata();
  }

  /** What the file says of itself. */
  TrainedOn trainedOn() {
    return new TrainedOn(path, file.metadata());
  }

  /**
   * A model with these weights.
   *
   * @param name in the pool; null takes the one that the file names
   * @param classes null takes as many as the last layer in the file has
   * @throws IllegalArgumentException if the weights are of another model
   */
  Model model(@Nullable String name, Shape example, @Nullable Integer classes) throws IOException {
    Model model = Model.create(network(name, example, classes), example, 0);
    try {
      copyTo(model, name != null ? name : trainedOn().model().orElse("in the file"));
      return model;
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  private Layer network(@Nullable String name, Shape example, @Nullable Integer classes)
      throws IOException {
    Optional<Architecture> own = name == null ? trainedOn().architecture() : Optional.empty();
    if (own.isPresent()) {
      return own.get().network();
    }
    if (name != null && ModelChoice.isFile(name)) {
      Architecture architecture = Architecture.read(Path.of(name));
      int outputs = classes != null ? classes : architecture.outputs();
      return ModelChoice.build(name, new ModelFlags(), example, outputs);
    }
    ModelEntry entry = Models.named(name != null ? name : modelName());
    int outputs = classes != null ? classes : classesOf(entry, example);
    return entry.build(ModelOptions.of(example, outputs));
  }

  /**
   * Gives a model these weights.
   *
   * @throws IllegalArgumentException if they are of another model
   */
  void copyTo(Model model, String name) {
    try {
      model.load(weights);
    } catch (ModelMismatchException e) {
      throw new IllegalArgumentException(
          "%s does not hold weights of model '%s' for images of %s, nothing was loaded; %s: %s"
              .formatted(
                  path,
                  name,
                  model.example(),
                  e.problems().size() == 1 ? "1 difference" : e.problems().size() + " differences",
                  String.join("; ", e.problems())),
          e);
    }
  }

  /** Warns of weights that are no finite numbers: what is computed with them means nothing. */
  void warnOfNonFinite(PrintWriter err) {
    List<String> names =
        weights.entrySet().stream()
            .filter(entry -> !isFinite(entry.getValue()))
            .map(Map.Entry::getKey)
            .toList();
    if (!names.isEmpty()) {
      Warnings.print(
          err,
          "%s holds NaN or infinite values in %d of its %d tensors, the first is %s; train again from weights before that"
              .formatted(path, names.size(), weights.size(), names.getFirst()));
    }
  }

  private static boolean isFinite(Tensor tensor) {
    if (tensor.type().dtype().isFloating()) {
      for (long i = 0; i < tensor.elements(); i++) {
        if (!Double.isFinite(tensor.get(i))) {
          return false;
        }
      }
    }
    return true;
  }

  /**
   * The model's name in the pool.
   *
   * @throws IllegalArgumentException if the file does not say
   */
  String modelName() {
    return trainedOn()
        .model()
        .or(() -> trainedOn().architecture().map(Architecture::name))
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    path + " does not say which model it belongs to; name it with --model"));
  }

  /** Outputs of the last map of the model, as the file has it. */
  private int classesOf(ModelEntry entry, Shape example) {
    Layer layer = entry.build(ModelOptions.of(example, 1));
    ParameterSpec last =
        Model.trace(layer, example, 1, Mode.EVALUATE, DType.FLOAT32, path -> Backprop.AUTODIFF)
            .trace()
            .specs()
            .stream()
            .filter(spec -> spec.kind() == ParameterSpec.Kind.WEIGHT)
            .reduce((first, second) -> second)
            .orElseThrow();
    // Without both the weights are of another model; loading says so.
    return Stream.of(last.name(), last.name().replaceFirst("weight$", "bias"))
        .map(weights::get)
        .filter(tensor -> tensor != null && tensor.shape().rank() > 0)
        .mapToInt(tensor -> Math.max(1, tensor.shape().dim(0)))
        .findFirst()
        .orElse(1);
  }

  @Override
  public void close() {
    file.close();
  }
}
