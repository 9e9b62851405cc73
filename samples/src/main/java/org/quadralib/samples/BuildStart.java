package org.quadralib.samples;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.quadralib.io.SafeTensors;
import org.quadralib.layers.Layer;
import org.quadralib.onnx.ImportedModel;
import org.quadralib.onnx.OnnxImport;
import org.quadralib.tensor.Shape;

/** The network a build starts from, and the file of its weights if it comes trained. */
record BuildStart(Layer network, @Nullable Path weights) {
  /**
   * Of what {@code --from} names. An ONNX model is written into the folder as architecture and
   * weights; from there on it is a network like others.
   *
   * @throws IllegalArgumentException if there is none, or it is for other images or classes
   */
  static BuildStart of(AutobuildOptions options, Path folder, Shape example, int classes)
      throws IOException {
    String from = BuildSetup.required(options.from, "--from MODEL");
    ModelFlags flags = new ModelFlags();
    flags.width = options.width == 1 ? null : options.width;
    if (!from.toLowerCase(Locale.ROOT).endsWith(".onnx")) {
      return new BuildStart(ModelChoice.build(from, flags, example, classes), options.weights);
    }
    if (flags.isGiven() || options.weights != null) {
      throw new IllegalArgumentException(
          "--width and --weights do not go with an ONNX model, which has its own");
    }
    Path architecture = folder.resolve("imported.yaml");
    Path weights = folder.resolve("imported.safetensors");
    try (ImportedModel imported = OnnxImport.read(Path.of(from))) {
      imported.architecture().write(architecture);
      SafeTensors.write(weights, imported.weights());
    }
    return new BuildStart(
        ModelChoice.build(architecture.toString(), flags, example, classes), weights);
  }
}
