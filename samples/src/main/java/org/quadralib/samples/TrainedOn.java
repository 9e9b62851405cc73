package org.quadralib.samples;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.quadralib.architecture.Architecture;
import org.quadralib.data.DataSplits;
import org.quadralib.data.ImageShape;
import org.quadralib.data.Normalize;
import org.quadralib.layers.Layer;
import org.quadralib.tensor.Shape;

/**
 * What weights were trained on, as free text in their file. Weights from elsewhere say less or
 * nothing.
 *
 * @param path the file, for errors
 */
record TrainedOn(Path path, Map<String, String> metadata) {
  private static final String MODEL = "model";
  private static final String DATA = "data";
  private static final String DATA_DIR = "data.dir";
  private static final String CLASSES = "classes";
  private static final String INPUT = "input";
  static final String ARCHITECTURE = "architecture";
  private static final String MEAN = "normalize.mean";
  private static final String STD = "normalize.std";

  /** The text for the weights of a run. */
  static Map<String, String> describe(
      TrainOptions.Source source, DataSplits data, Normalize normalize, Layer network) {
    // In a fixed order: the same run writes the same file.
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put(MODEL, TrainingSetup.needed(source.model));
    metadata.put(DATA, TrainingSetup.needed(source.data));
    if (source.dataDir != null) {
      metadata.put(DATA_DIR, source.dataDir.toAbsolutePath().normalize().toString());
    }
    metadata.put(CLASSES, joined(data.train().classNames()));
    metadata.put(INPUT, data.train().shape().toString());
    metadata.put(MEAN, joined(normalize.mean()));
    metadata.put(STD, joined(normalize.std()));
    String name = ModelChoice.shortName(TrainingSetup.needed(source.model));
    Shape example = Images.exampleOf(data.train().shape());
    metadata.put(ARCHITECTURE, new Architecture(name, example, network).yaml());
    return metadata;
  }

  /** The model's name in the pool. */
  Optional<String> model() {
    // A checkpoint that the library wrote, not the command line, has the second.
    return Optional.ofNullable(metadata.getOrDefault(MODEL, metadata.get("run.model")))
        .filter(name -> !name.isEmpty());
  }

  /** The network itself, as weights say that were trained here or converted. */
  Optional<Architecture> architecture() {
    @Nullable String text = metadata.get(ARCHITECTURE);
    return text == null
        ? Optional.empty()
        : Optional.of(Architecture.parse(text, path + ", its architecture"));
  }

  /** The data set's name. */
  Optional<String> data() {
    return Optional.ofNullable(metadata.get(DATA));
  }

  /** The folder of its files, if it is still there. */
  Optional<Path> dataDir() {
    return entry(DATA_DIR, "a folder", Path::of).filter(Files::isDirectory);
  }

  /**
   * The names of the classes, as far as they can be told apart: a name may hold a comma. Empty if
   * the file does not say.
   */
  List<String> classNames() {
    @Nullable String text = metadata.get(CLASSES);
    return text == null ? List.of() : Arrays.asList(text.split(",", -1));
  }

  /** Channels, height and width of an image. */
  Optional<ImageShape> input() {
    return entry(INPUT, "a shape such as 3x32x32", ImageShape::parse);
  }

  /** How images were normalised. */
  Optional<Normalize> normalize() {
    Optional<List<Float>> mean = entry(MEAN, "numbers", TrainedOn::numbers);
    Optional<List<Float>> std = entry(STD, "numbers", TrainedOn::numbers);
    if (mean.isPresent() != std.isPresent()) {
      throw damaged(mean.isPresent() ? STD : MEAN, "is missing");
    }
    if (mean.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(new Normalize(mean.get(), std.orElseThrow()));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(path + " is damaged: " + e.getMessage(), e);
    }
  }

  /**
   * Checks that images are of the shape that the weights were trained on.
   *
   * @param what the images, for the error
   */
  void requireShape(ImageShape images, Object what) {
    if (input().isPresent() && !input().get().equals(images)) {
      throw new IllegalArgumentException(
          "%s was trained on images of %s, but those of %s are %s; give images of that shape"
              .formatted(path, input().get(), what, images));
    }
  }

  /** Checks that data has the classes that the weights were trained for, in their order. */
  void requireClasses(List<String> names, String what) {
    @Nullable String trained = metadata.get(CLASSES);
    if (trained != null && !trained.equals(joined(names))) {
      throw new IllegalArgumentException(
          "%s was trained for the classes %s, but %s has %s; name the data it was trained on by --data and --data-dir"
              .formatted(path, shortened(trained), what, shortened(joined(names))));
    }
  }

  private <T> Optional<T> entry(String key, String kind, Function<String, T> parser) {
    @Nullable String text = metadata.get(key);
    if (text == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(parser.apply(text));
    } catch (IllegalArgumentException e) {
      throw damaged(key, "is '%s', not %s".formatted(shortened(text), kind));
    }
  }

  private IllegalArgumentException damaged(String key, String what) {
    return new IllegalArgumentException(
        "%s is damaged: its metadata '%s' %s".formatted(path, key, what));
  }

  private static List<Float> numbers(String text) {
    return Arrays.stream(text.split(",", -1)).map(Float::valueOf).toList();
  }

  private static String joined(List<?> values) {
    return values.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  private static String shortened(String text) {
    return text.length() > 80 ? text.substring(0, 77) + "..." : text;
  }
}
