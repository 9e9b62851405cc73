package org.quadralib.samples;

import static org.quadralib.samples.TrainingSetup.needed;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.quadralib.data.DataOptions;
import org.quadralib.data.DataSplits;
import org.quadralib.data.Datasets;
import org.quadralib.data.Normalize;

/** Data sets as options name them, and how their images are normalised. */
final class DataFlags {
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
    if (source.dataDir != null && name.equals("digits")) {
      throw new IllegalArgumentException(
          "--data-dir does not go with --data digits, which come with the library");
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

  /** How images are normalised, for people: by channel, where there are several. */
  static String words(Normalize normalize) {
    return "mean %s, standard deviation %s"
        .formatted(words(normalize.mean()), words(normalize.std()));
  }

  private static String words(List<Float> channels) {
    return channels.stream()
        .map(value -> String.format(Locale.ROOT, "%.4f", value))
        .collect(Collectors.joining(" "));
  }
}
