package org.quadralib.checkpoint;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.quadralib.io.FormatException;
import org.quadralib.io.SafeTensors;
import org.quadralib.tensor.Tensor;

/**
 * The state of a training run in one file: safetensors with the tensors {@code model/NAME} and
 * {@code optimizer/NAME} and free text. It is written in one step, so that whoever opens it,
 * whenever, finds a whole checkpoint.
 */
public final class Checkpoint implements AutoCloseable {
  static final String FORMAT = "quadralib.format";
  static final String FORMAT_NAME = "checkpoint";
  static final String VERSION = "quadralib.version";
  private static final String CURRENT_VERSION = "1";

  static final String MODEL = "model/";
  private static final String OPTIMIZER = "optimizer/";

  private final Path path;
  private final SafeTensors file;

  private Checkpoint(Path path, SafeTensors file) {
    this.path = path;
    this.file = file;
  }

  /**
   * Writes a checkpoint.
   *
   * @param model parameters and running statistics by name
   * @param optimizer state of the optimizer by name
   * @param metadata what else is needed to go on
   * @throws CheckpointException if it cannot be written, for example because the disk is full; the
   *     checkpoint that was there before is unchanged
   */
  public static void save(
      Path path,
      Map<String, Tensor> model,
      Map<String, Tensor> optimizer,
      Map<String, String> metadata) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    model.forEach((name, tensor) -> tensors.put(MODEL + name, tensor));
    optimizer.forEach((name, tensor) -> tensors.put(OPTIMIZER + name, tensor));
    Map<String, String> text = new LinkedHashMap<>();
    text.put(FORMAT, FORMAT_NAME);
    text.put(VERSION, CURRENT_VERSION);
    text.putAll(metadata);
    try {
      SafeTensors.writeWithChecksums(path, tensors, text);
    } catch (IOException e) {
      throw new CheckpointException(e.getMessage() + "; mend that and resume the run", e);
    }
  }

  /**
   * Opens a checkpoint; its tensors are views of the file until it is closed.
   *
   * @throws CheckpointException if there is none, or it is damaged or of another format
   */
  public static Checkpoint open(Path path) {
    requireExists(path);
    SafeTensors file;
    try {
      file = SafeTensors.open(path);
    } catch (FormatException e) {
      throw new CheckpointException(e.getMessage(), e);
    } catch (IOException e) {
      throw new CheckpointException("cannot read " + path + ": " + e.getMessage(), e);
    }
    String version = file.metadata().get(VERSION);
    String problem = null;
    if (!FORMAT_NAME.equals(file.metadata().get(FORMAT))) {
      problem = path + " is no checkpoint of a training run; for plain weights start a new run";
    } else if (!CURRENT_VERSION.equals(version)) {
      problem =
          "%s is a checkpoint of version %s, this program reads version %s; use the program that wrote it"
              .formatted(path, version, CURRENT_VERSION);
    }
    if (problem != null) {
      file.close();
      throw new CheckpointException(problem);
    }
    return new Checkpoint(path, file);
  }

  /**
   * Checks that there is a file.
   *
   * @throws CheckpointException if there is none
   */
  public static void requireExists(Path path) {
    if (!Files.exists(path)) {
      throw new CheckpointException("there is no checkpoint " + path + "; start a new run");
    }
  }

  /** Where it is. */
  public Path path() {
    return path;
  }

  /** Everything that is no tensor. */
  public Map<String, String> metadata() {
    return file.metadata();
  }

  /** Parameters and running statistics by name. */
  public Map<String, Tensor> model() {
    return withPrefix(MODEL);
  }

  /** State of the optimizer by name. */
  public Map<String, Tensor> optimizer() {
    return withPrefix(OPTIMIZER);
  }

  /**
   * Copies all tensors out of the file.
   *
   * @throws CheckpointMismatchException if names or types differ; nothing is copied then
   */
  public void copyTo(Map<String, Tensor> model, Map<String, Tensor> optimizer) {
    List<String> differences = new ArrayList<>();
    compare(MODEL, model(), model, differences);
    compare(OPTIMIZER, optimizer(), optimizer, differences);
    if (!differences.isEmpty()) {
      throw new CheckpointMismatchException(path, differences);
    }
    model().forEach((name, tensor) -> requireNonNull(model.get(name)).copyFrom(tensor));
    optimizer().forEach((name, tensor) -> requireNonNull(optimizer.get(name)).copyFrom(tensor));
  }

  private static void compare(
      String prefix,
      Map<String, Tensor> stored,
      Map<String, Tensor> expected,
      List<String> differences) {
    expected.forEach(
        (name, tensor) -> {
          Tensor other = stored.get(name);
          if (other == null) {
            differences.add("it has no tensor " + prefix + name);
          } else if (!other.type().equals(tensor.type())) {
            differences.add(
                "its tensor %s%s is %s, here %s"
                    .formatted(prefix, name, other.type(), tensor.type()));
          }
        });
    for (String name : stored.keySet()) {
      if (!expected.containsKey(name)) {
        differences.add("its tensor " + prefix + name + " is not wanted here");
      }
    }
  }

  private Map<String, Tensor> withPrefix(String prefix) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    file.tensors()
        .forEach(
            (name, tensor) -> {
              if (name.startsWith(prefix)) {
                tensors.put(name.substring(prefix.length()), tensor);
              }
            });
    return Collections.unmodifiableMap(tensors);
  }

  @Override
  public void close() {
    file.close();
  }
}
