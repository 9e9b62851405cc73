package org.quadralib.layers;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.quadralib.graph.Value;

/**
 * {@code body(x) + shortcut(x)}; without a shortcut, {@code body(x) + x}. Parameters of the body
 * keep their names.
 *
 * @param shortcutName prefixes the names of the shortcut's parameters
 */
public record Residual(Layer body, Optional<Layer> shortcut, String shortcutName)
    implements Container {
  /** The usual name of a shortcut. */
  public static final String SHORTCUT = "shortcut";

  /** Around a body that keeps the shape. */
  public Residual(Layer body) {
    this(body, Optional.empty(), SHORTCUT);
  }

  /** Around a body that changes the shape as the shortcut does. */
  public Residual(Layer body, Layer shortcut) {
    this(body, Optional.of(shortcut), SHORTCUT);
  }

  /** With another name for the shortcut. */
  public Residual shortcutName(String name) {
    return new Residual(body, shortcut, name);
  }

  @Override
  public Map<String, Layer> children() {
    Map<String, Layer> children = new LinkedHashMap<>();
    children.put("", body);
    shortcut.ifPresent(layer -> children.put(shortcutName, layer));
    return children;
  }

  @Override
  public Residual withChildren(Map<String, Layer> children) {
    return new Residual(
        requireNonNull(children.get("")),
        shortcut.map(layer -> requireNonNull(children.get(shortcutName))),
        shortcutName);
  }

  @Override
  public Value trace(Trace trace, Value x) {
    Value y = body.trace(trace, x);
    Value skipped = shortcut.map(layer -> trace.child(shortcutName, layer, x)).orElse(x);
    if (!y.shape().equals(skipped.shape())) {
      throw Layers.error(
          trace,
          "Residual adds the output of its body, %s, to that of its %s, %s; give both the same shape%s"
              .formatted(
                  y.shape(),
                  shortcut.isPresent() ? "shortcut" : "input",
                  skipped.shape(),
                  shortcut.isPresent() ? "" : ", or give it a shortcut"));
    }
    return trace.ops().add(y, skipped);
  }
}
