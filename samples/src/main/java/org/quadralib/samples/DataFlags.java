package org.quadralib.samples;

import static org.quadralib.samples.TrainingSetup.needed;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.quadralib.data.DataOptions;
import org.quadralib.data.DataSplits;
import org.quadralib.data.Datasets;
import org.quadralib.data.Normalize;

/** Data sets as options name them, and how their images are normalised. */
final class DataFlags {
  private static final String MEAN = "normalize.mean";
  private static final String STD = "normalize.std";

  private DataFlags() {}

  /**
   * Opens the data set.
   *
   * @throws org.quadralib.data.DataException if there is none of that name, or its files are
   *     missing or damaged
   */
  static DataSplits open(TrainOptions.Source source, DataOptions.Progress loading) {
    String name = needed(source.data);
    if (source.input != null && !name.equals("folder")) {
      throw new IllegalArgumentException("--input goes with --data folder only");
    }
    DataOptions options =
        DataOptions.defaults()
            .withValidation(needed(source.validation))
            .withImageShape(source.input)
            .withProgress(loading);
    return Datasets.open(name, source.dataDir, options);
  }

  /** The published numbers for CIFAR-10, measured ones for other data. */
  static Normalize normalize(String name, DataSplits data) {
    return name.equals("cifar10") ? Normalize.cifar10() : Normalize.of(data.train());
  }

  /** The numbers as text, to go with weights that were trained under them. */
  static Map<String, String> toMetadata(Normalize normalize) {
    // In a fixed order: the same run writes the same file.
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put(MEAN, join(normalize.mean()));
    metadata.put(STD, join(normalize.std()));
    return metadata;
  }

  /** The numbers that weights were trained under, or, if they do not say, those of the data. */
  static Normalize normalize(Map<String, String> metadata, String name, DataSplits data) {
    String mean = metadata.get(MEAN);
    String std = metadata.get(STD);
    return mean == null || std == null
        ? normalize(name, data)
        : new Normalize(split(mean), split(std));
  }

  private static String join(List<Float> numbers) {
    return numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  private static List<Float> split(String text) {
    return Arrays.stream(text.split(",")).map(Float::valueOf).toList();
  }
}
