package org.quadralib.onnx;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.quadralib.architecture.Architecture;
import org.quadralib.memory.TensorArena;
import org.quadralib.tensor.Tensor;

/** A network from elsewhere: its architecture and its weights, freed on close. */
public final class ImportedModel implements AutoCloseable {
  private final Architecture architecture;
  private final Map<String, Tensor> weights;
  private final TensorArena arena;

  ImportedModel(Architecture architecture, Map<String, Tensor> weights, TensorArena arena) {
    this.architecture = architecture;
    this.weights = Collections.unmodifiableMap(new LinkedHashMap<>(weights));
    this.arena = arena;
  }

  /** The network. */
  public Architecture architecture() {
    return architecture;
  }

  /** Parameters and running statistics by name, as a model of the architecture takes them. */
  public Map<String, Tensor> weights() {
    return weights;
  }

  @Override
  public void close() {
    arena.close();
  }
}
