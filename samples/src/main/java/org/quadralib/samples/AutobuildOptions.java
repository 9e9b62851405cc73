package org.quadralib.samples;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.quadralib.data.ImageShape;
import org.quadralib.graph.op.NeuronType;
import picocli.CommandLine.Option;

/** Everything that can be said about a build; all of it is recorded in the folder of the build. */
final class AutobuildOptions {
  @Option(
      names = "--from",
      paramLabel = "MODEL",
      description =
          "First-order network to start from: a model of the pool, an architecture, FILE.yaml, or"
              + " an ONNX model, FILE.onnx, which brings its weights.")
  @Nullable String from;

  @Option(
      names = "--weights",
      paramLabel = "FILE",
      description = "Trained weights of that network; with --epochs 0 it is not trained further.")
  @Nullable Path weights;

  @Option(
      names = "--budget",
      paramLabel = "LIMITS",
      description =
          "What the result may cost: params=12M, macs=100M, memory=8MiB (kept from forward to"
              + " backward for a batch), accuracy=0.9 (at least), or several with commas.")
  @Nullable String budget;

  @Option(
      names = "--neuron",
      paramLabel = "TYPE",
      description = "Neurons to convert to: quadra, t4, t2-and-4 or t1. Default: quadra.")
  NeuronType neuron = NeuronType.QUADRA;

  @Option(names = "--branch-norm", description = "Normalise each branch of the quadratic layers.")
  boolean branchNorm;

  @Option(
      names = "--layers",
      paramLabel = "REGEX",
      description =
          "Convert the layers whose path has a match. Default: all convolutions above 1x1, and"
              + " hidden dense layers.")
  String layers = "";

  @Option(
      names = "--width",
      paramLabel = "FACTOR",
      description = "With a model of the pool: so many times the channels. Default: 1.")
  double width = 1;

  @Option(
      names = "--data",
      paramLabel = "NAME",
      description = "As for 'quadra train'. Default: digits.")
  String data = Defaults.DATA;

  @Option(names = "--data-dir", paramLabel = "DIR", description = "Folder of the data set's files.")
  @Nullable Path dataDir;

  @Option(
      names = "--input",
      paramLabel = "CxHxW",
      description = "With --data folder: give all images this shape.")
  @Nullable ImageShape input;

  @Option(
      names = "--validation",
      paramLabel = "FRACTION",
      description = "Share of the training images held out to choose by. Default: 0.1.")
  double validation = 0.1;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      description = "For the first-order network. Default: 10; with --weights 0.")
  @Nullable Integer epochs;

  @Option(
      names = "--converted-epochs",
      paramLabel = "N",
      description = "After the conversion. Default: 5.")
  int convertedEpochs = 5;

  @Option(
      names = "--round-epochs",
      paramLabel = "N",
      description = "After each removal. Default: 2.")
  int roundEpochs = 2;

  @Option(
      names = "--final-epochs",
      paramLabel = "N",
      description = "With the final architecture. Default: 10.")
  int finalEpochs = 10;

  @Option(
      names = "--remove",
      paramLabel = "N",
      description = "Units removed in each round. Default: 1.")
  int remove = 1;

  @Option(
      names = "--mask",
      paramLabel = "SHARE",
      description = "Share of a unit's channels masked to see how it is missed. Default: 0.5.")
  double mask = 0.5;

  @Option(names = "--batch", paramLabel = "N", description = "Images per step. Default: 64.")
  int batch = 64;

  @Option(names = "--lr", paramLabel = "RATE", description = "Learning rate. Default: 0.05.")
  double lr = 0.05;

  @Option(
      names = "--quadratic-lr-scale",
      paramLabel = "FACTOR",
      description = "Second-order terms learn with so many times the rate. Default: 0.1.")
  double quadraticLrScale = 0.1;

  @Option(names = "--flip", description = "Mirror every other image while training.")
  boolean flip;

  @Option(
      names = "--crop",
      paramLabel = "PAD",
      description = "Pad by so many pixels and cut the size out again while training. Default: 0.")
  int crop;

  @Option(
      names = "--baseline",
      description =
          "Also train a first-order network of as many parameters for as many epochs, to compare"
              + " with.")
  boolean baseline;

  @Option(names = "--seed", paramLabel = "N", description = "Default: 0.")
  long seed;
}
