package org.quadralib.samples;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;
import org.quadralib.autobuild.AutoBuildConfig;
import org.quadralib.autobuild.AutoBuildConfig.Epochs;
import org.quadralib.autobuild.Budget;
import org.quadralib.builder.QuadraticConversion;
import org.quadralib.data.DataSplits;
import org.quadralib.data.Normalize;
import org.quadralib.data.RandomCrop;
import org.quadralib.data.RandomHorizontalFlip;
import org.quadralib.data.Transform;

/** The options of a build as the library takes them. */
final class BuildSetup {
  private static final int EPOCHS = 10;

  private BuildSetup() {}

  /**
   * Looks at the options that can be wrong without data or a network.
   *
   * @throws IllegalArgumentException if one is
   */
  static void check(AutobuildOptions options) {
    required(options.from, "--from MODEL");
    budget(options);
    pattern(options.layers);
  }

  static <T> T required(@Nullable T value, String flag) {
    if (value == null) {
      throw new IllegalArgumentException(flag + " is missing");
    }
    return value;
  }

  /** Where images come from, in the words of training. */
  static TrainOptions.Source source(AutobuildOptions options) {
    TrainOptions.Source source = new TrainOptions.Source();
    source.model = required(options.from, "--from MODEL");
    source.data = options.data;
    source.dataDir = options.dataDir;
    source.input = options.input;
    source.validation = options.validation;
    return source;
  }

  /**
   * The configuration.
   *
   * @param trained whether the network comes with weights
   */
  static AutoBuildConfig config(
      AutobuildOptions options,
      boolean trained,
      TrainOptions.Source source,
      DataSplits data,
      Normalize normalize) {
    int first = options.epochs != null ? options.epochs : trained ? 0 : EPOCHS;
    return new AutoBuildConfig(
        new QuadraticConversion(
            options.neuron, options.branchNorm, pattern(options.layers).asPredicate()),
        budget(options),
        new Epochs(first, options.convertedEpochs, options.roundEpochs, options.finalEpochs),
        options.remove,
        options.mask,
        options.batch,
        options.lr,
        options.quadraticLrScale,
        options.baseline,
        options.seed,
        transforms(options, normalize),
        List.of(normalize),
        layer -> TrainedOn.describe(source, data, normalize, layer));
  }

  private static Budget budget(AutobuildOptions options) {
    return Budget.parse(required(options.budget, "--budget LIMITS"));
  }

  private static List<Transform> transforms(AutobuildOptions options, Normalize normalize) {
    List<Transform> transforms = new ArrayList<>();
    if (options.crop != 0) {
      transforms.add(new RandomCrop(options.crop));
    }
    if (options.flip) {
      transforms.add(new RandomHorizontalFlip());
    }
    transforms.add(normalize);
    return transforms;
  }

  private static Pattern pattern(String regex) {
    try {
      return Pattern.compile(regex);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "--layers '%s' is no regular expression: %s".formatted(regex, e.getDescription()), e);
    }
  }
}
