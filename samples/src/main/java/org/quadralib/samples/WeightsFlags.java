package org.quadralib.samples;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** A trained model, for the commands that use one. */
final class WeightsFlags {
  @Option(
      names = "--weights",
      paramLabel = "FILE",
      required = true,
      description = "State dictionary as safetensors, npz or .pth, or a checkpoint.")
  Path weights;

  @Option(
      names = "--model",
      paramLabel = "NAME",
      description =
          "Model of the pool, see 'quadra models', or an architecture, FILE.yaml. Default: the one"
              + " the weights name.")
  @Nullable String model;
}
