package org.quadralib.layers;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.quadralib.graph.Value;

/**
 * Layers one after another, by name; names prefix those of the parameters, an empty name does not.
 */
public record Sequential(Map<String, Layer> layers) implements Container {
  /** Copies the layers, keeping their order. */
  public Sequential {
    layers = Collections.unmodifiableMap(new LinkedHashMap<>(layers));
  }

  /** Layers named by their position, from 0. */
  public static Sequential of(Layer... layers) {
    Sequential result = new Sequential(Map.of());
    for (Layer layer : layers) {
      result = result.then(layer);
    }
    return result;
  }

  /** With one more layer, named by its position. */
  public Sequential then(Layer layer) {
    return then(Integer.toString(layers.size()), layer);
  }

  /** With one more layer. */
  public Sequential then(String name, Layer layer) {
    Map<String, Layer> more = new LinkedHashMap<>(layers);
    if (more.put(name, layer) != null) {
      throw new IllegalArgumentException("there is a layer '" + name + "' already");
    }
    return new Sequential(more);
  }

  @Override
  public Map<String, Layer> children() {
    return layers;
  }

  @Override
  public Sequential withChildren(Map<String, Layer> children) {
    return new Sequential(children);
  }

  @Override
  public Value trace(Trace trace, Value x) {
    Value y = x;
    for (Map.Entry<String, Layer> entry : layers.entrySet()) {
      y = trace.child(entry.getKey(), entry.getValue(), y);
    }
    return y;
  }
}
