package org.quadralib.samples;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.quadralib.graph.op.NeuronType;
import org.quadralib.layers.Layer;
import org.quadralib.layers.QuadraticStart;
import org.quadralib.models.Baselines;
import org.quadralib.models.ModelEntry;
import org.quadralib.models.ModelOptions;
import org.quadralib.tensor.Shape;
import picocli.CommandLine.Option;

/** Options that change a model of the pool. */
final class ModelFlags {
  @Option(
      names = "--neuron",
      paramLabel = "TYPE",
      description =
          "Neurons of the layers that can be quadratic: first-order, t1, t1-pure, t2, t3, t4,"
              + " t1-and-2, t2-and-4 or quadra. Default: the model's own.")
  @Nullable NeuronType neuron;

  @Option(
      names = "--branch-norm",
      negatable = true,
      description = "Normalise each branch of a quadratic convolution. Default: the model's own.")
  @Nullable Boolean branchNorm;

  @Option(
      names = "--width",
      paramLabel = "FACTOR",
      description = "So many times the channels. Default: 1.")
  @Nullable Double width;

  @Option(
      names = "--start",
      paramLabel = "HOW",
      description =
          "Quadratic layers start random, or as first-order layers whose quadratic terms grow"
              + " (relinear). Default: random.")
  @Nullable QuadraticStart start;

  @Option(
      names = "--match",
      paramLabel = "WHAT",
      description =
          "Take the first-order network of the same kind instead, made as wide as it takes for as"
              + " many params or macs: the baseline to compare with.")
  Baselines.@Nullable Match match;

  /** Whether any option is given. */
  boolean isGiven() {
    return neuron != null || branchNorm != null || width != null || start != null || match != null;
  }

  /** The network that the options make of a model. */
  Layer build(ModelEntry entry, Shape example, int classes) {
    ModelOptions options = ModelOptions.of(example, classes);
    options = Optional.ofNullable(neuron).map(options::neuron).orElse(options);
    options = Optional.ofNullable(branchNorm).map(options::branchNorm).orElse(options);
    options = Optional.ofNullable(width).map(options::width).orElse(options);
    options = Optional.ofNullable(start).map(options::start).orElse(options);
    Layer network = entry.build(options);
    if (match == null) {
      return network;
    }
    Layer firstOrder =
        entry.build(ModelOptions.of(example, classes).neuron(NeuronType.FIRST_ORDER));
    return Baselines.matching(firstOrder, example, match, match.of(network, example)).layer();
  }
}
