package org.quadralib.checkpoint;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.quadralib.io.FormatException;
import org.quadralib.io.SafeTensors;
import org.quadralib.layers.Model;
import org.quadralib.tensor.Tensor;

/**
 * The weights of a model alone: a safetensors file whose names are those of the state dictionary.
 */
public final class Weights {
  private Weights() {}

  /**
   * Writes the parameters and running statistics of a model, in one step.
   *
   * @param metadata free text to go with them
   * @throws CheckpointException if the file cannot be written; what was there before is unchanged
   */
  public static void save(Path path, Model model, Map<String, String> metadata) {
    try {
      SafeTensors.writeWithChecksums(path, model.parameters(), metadata);
    } catch (IOException e) {
      throw new CheckpointException(e.getMessage(), e);
    }
  }

  /**
   * Reads weights into a model, from a file of weights or from the checkpoint of a run.
   *
   * @return the free text of the file
   * @throws CheckpointException if the file cannot be read or is damaged
   * @throws org.quadralib.layers.ModelMismatchException if they are those of another model; the
   *     model is then unchanged
   */
  public static Map<String, String> load(Path path, Model model) {
    try (SafeTensors file = SafeTensors.open(path)) {
      boolean checkpoint = Checkpoint.FORMAT_NAME.equals(file.metadata().get(Checkpoint.FORMAT));
      model.load(checkpoint ? modelOf(file.tensors()) : file.tensors());
      return new LinkedHashMap<>(file.metadata());
    } catch (FormatException e) {
      throw new CheckpointException(e.getMessage(), e);
    } catch (IOException e) {
      throw new CheckpointException("cannot read " + path + ": " + e.getMessage(), e);
    }
  }

  private static Map<String, Tensor> modelOf(Map<String, Tensor> tensors) {
    Map<String, Tensor> model = new LinkedHashMap<>();
    tensors.forEach(
        (name, tensor) -> {
          if (name.startsWith(Checkpoint.MODEL)) {
            model.put(name.substring(Checkpoint.MODEL.length()), tensor);
          }
        });
    return model;
  }
}
