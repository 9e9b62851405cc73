package org.quadralib.samples;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.quadralib.data.ImageShape;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/**
 * Everything that can be said about a training run. A field is null until something sets it: flags,
 * a file, the manifest of the run that is resumed, or the {@link Recipe} of the data set.
 */
final class TrainOptions {
  @ArgGroup(validate = false, order = 1, heading = "%nModel and data:%n")
  Source source = new Source();

  @ArgGroup(validate = false, order = 2, heading = "%nChanges to a model of the pool:%n")
  ModelFlags changes = new ModelFlags();

  @ArgGroup(
      validate = false,
      order = 3,
      heading = "%nRecipe; defaults depend on --data, see below:%n")
  Learning learning = new Learning();

  @ArgGroup(validate = false, order = 4, heading = "%nImages while training:%n")
  Augmentation augmentation = new Augmentation();

  @ArgGroup(validate = false, order = 5, heading = "%nComputing:%n")
  Computing computing = new Computing();

  @ArgGroup(validate = false, order = 6, heading = "%nOutput:%n")
  Output output = new Output();

  /** What is trained on what. */
  static final class Source {
    @Option(
        names = "--model",
        paramLabel = "NAME",
        description = "Model of the pool, see 'quadra models', or an architecture, FILE.yaml.")
    @Nullable String model;

    @Option(
        names = "--data",
        paramLabel = "NAME",
        description =
            "digits, mnist, fashion-mnist, cifar10, cifar100 or folder (image files in one folder"
                + " per class). Default: digits, which comes with the library.")
    @Nullable String data;

    @Option(
        names = "--data-dir",
        paramLabel = "DIR",
        description =
            "Folder of the data set's files. Default: the usual places, among them ./data.")
    @Nullable Path dataDir;

    @Option(
        names = "--input",
        paramLabel = "CxHxW",
        description = "With --data folder: give all images this shape. Default: keep theirs.")
    @Nullable ImageShape input;

    @Option(
        names = "--validation",
        paramLabel = "FRACTION",
        description = "Share of the training images held out to watch. Default: 0.1.")
    @Nullable Double validation;

    @Option(
        names = "--weights",
        paramLabel = "FILE",
        description = "Start from these weights instead of random ones: safetensors, npz or .pth.")
    @Nullable Path weights;
  }

  /** How it is trained. */
  static final class Learning {
    @Option(names = "--epochs", paramLabel = "N", description = "Passes over the training images.")
    @Nullable Integer epochs;

    @Option(
        names = "--batch",
        paramLabel = "N",
        description = "Images per step; max: as many as fit --memory.")
    @Nullable BatchSize batch;

    @Option(
        names = "--optimizer",
        paramLabel = "NAME",
        description = "sgd, adam, adamw or adadelta.")
    @Nullable OptimizerName optimizer;

    @Option(
        names = "--lr",
        paramLabel = "RATE",
        description = "Learning rate; the highest that the schedule reaches.")
    @Nullable Double lr;

    @Option(names = "--momentum", paramLabel = "M", description = "Of sgd.")
    @Nullable Double momentum;

    @Option(
        names = "--nesterov",
        negatable = true,
        description = "Nesterov's momentum for sgd. Default: no.")
    @Nullable Boolean nesterov;

    @Option(
        names = "--weight-decay",
        paramLabel = "D",
        description = "Pulls all parameters towards zero, as in PyTorch.")
    @Nullable Double weightDecay;

    @Option(
        names = "--quadratic-lr-scale",
        paramLabel = "FACTOR",
        description =
            "Parameters of second-order terms learn with so many times the rate, and their biases"
                + " and norms do not decay. Default: 1, like all others.")
    @Nullable Double quadraticLrScale;

    @Option(
        names = "--schedule",
        paramLabel = "NAME",
        description = "Of the learning rate: constant, step, cosine or one-cycle.")
    @Nullable ScheduleName schedule;

    @Option(
        names = "--warmup",
        paramLabel = "EPOCHS",
        description =
            "Epochs over which the rate rises to --lr; one-cycle has its own. Default: 0.")
    @Nullable Double warmup;

    @Option(
        names = "--clip",
        paramLabel = "NORM",
        description = "Longest gradient; longer ones are shortened. Default: no limit.")
    @Nullable Double clip;

    @Option(
        names = "--label-smoothing",
        paramLabel = "S",
        description = "Share of the target that goes to all classes alike. Default: 0.")
    @Nullable Double labelSmoothing;

    @Option(
        names = "--gradient-health",
        description =
            "Watch the gradients of first- and second-order terms: warn when second-order terms"
                + " vanish or explode, and write gradients.csv.")
    @Nullable Boolean gradientHealth;

    @Option(
        names = "--patience",
        paramLabel = "EPOCHS",
        description =
            "Stop when validation has not improved for so long. Default: never stop early.")
    @Nullable Integer patience;

    @Option(
        names = "--seed",
        paramLabel = "N",
        description = "The same seed gives the same weights, to the bit. Default: 0.")
    @Nullable Long seed;
  }

  /** What happens to images while training. */
  static final class Augmentation {
    @Option(
        names = "--flip",
        negatable = true,
        description = "Mirror images at random, every second one on average.")
    @Nullable Boolean flip;

    @Option(
        names = "--crop",
        paramLabel = "PAD",
        description = "Pad by so many pixels and cut the size out again at random; 0: do not.")
    @Nullable Integer crop;

    @Option(
        names = "--cutout",
        paramLabel = "N",
        description = "Blank a random square of N pixels; 0: do not. Default: 0.")
    @Nullable Integer cutout;
  }

  /** What computes. */
  static final class Computing {
    @Option(
        names = "--backprop",
        paramLabel = "HOW",
        description =
            "How layers are differentiated: autodiff keeps intermediate results, hybrid computes"
                + " those of quadratic layers again and needs less memory, block those of whole"
                + " convolution-norm-activation blocks and needs the least; auto chooses for each"
                + " layer, so that a step fits --memory. Gradients are the same. Default:"
                + " autodiff.")
    @Nullable BackpropMode backprop;

    @Option(
        names = "--memory",
        paramLabel = "SIZE",
        description =
            "What a training step may hold, planned: 256MiB, 1GiB, 500MB or bytes. Default: no"
                + " limit.")
    @Nullable MemorySize memory;

    @Option(
        names = "--backend",
        paramLabel = "NAME",
        description =
            "auto, scalar, vector, tornado or tornado:DRIVER:DEVICE; see 'quadra devices'. Default:"
                + " auto.")
    @Nullable String backend;

    @Option(
        names = "--threads",
        paramLabel = "N",
        description =
            "Threads to compute with; results do not depend on it. Default: all processor cores.")
    @Nullable Integer threads;
  }

  /** What comes out. */
  static final class Output {
    @Option(
        names = "--out",
        paramLabel = "DIR",
        description = "Folder for the results. Default: runs/MODEL-DATA-TIME.")
    @Nullable Path out;

    @Option(
        names = "--report",
        negatable = true,
        description =
            "Write report.html into the folder: one page that tells what happened, to be opened in"
                + " a browser. Default: yes.")
    @Nullable Boolean report;

    @Option(
        names = "--tensorboard",
        paramLabel = "DIR",
        description =
            "Also write the run for TensorBoard into this folder: scalars, histograms, images and"
                + " the network. Look at it by 'tensorboard --logdir DIR'.")
    @Nullable Path tensorboard;

    @Option(names = "--quiet", description = "No progress, only the results.")
    @Nullable Boolean quiet;

    @Option(
        names = "--json",
        description = "The last line of standard output is the results as one JSON object.")
    @Nullable Boolean json;
  }
}
