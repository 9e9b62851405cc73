package org.quadralib.samples;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.quadralib.architecture.Architecture;
import org.quadralib.layers.Layer;
import org.quadralib.models.Models;
import org.quadralib.tensor.Shape;

/** Networks as {@code --model} names them: a model of the pool or an architecture in a file. */
final class ModelChoice {
  private ModelChoice() {}

  /** Whether a name is that of a file. */
  static boolean isFile(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".yaml") || lower.endsWith(".yml");
  }

  /** A name without a folder and ending, for folders of runs. */
  static String shortName(String name) {
    return isFile(name)
        ? Path.of(name).getFileName().toString().replaceFirst("\\.[^.]*$", "")
        : name;
  }

  /**
   * The network.
   *
   * @param flags changes to a model of the pool
   * @throws IllegalArgumentException if there is none, or it is for other images or classes
   */
  static Layer build(String name, ModelFlags flags, Shape example, int classes) throws IOException {
    if (!isFile(name)) {
      return flags.build(Models.named(name), example, classes);
    }
    if (flags.isGiven()) {
      throw new IllegalArgumentException(
          "--neuron, --branch-norm, --width, --start and --match change models of the pool; change "
              + name
              + " itself");
    }
    Architecture architecture = Architecture.read(Path.of(name));
    if (!architecture.input().equals(example)) {
      throw new IllegalArgumentException(
          "%s is for images of %s, not of %s; change its key 'input'"
              .formatted(name, architecture.input(), example));
    }
    if (architecture.outputs() != classes) {
      throw new IllegalArgumentException(
          "%s has %d outputs, but there are %d classes; change its last layer"
              .formatted(name, architecture.outputs(), classes));
    }
    return architecture.network();
  }
}
