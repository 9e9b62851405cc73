package org.quadralib.layers;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;

/** Walks through networks and changes them; layers themselves stay as they are. */
public final class LayerTree {
  private LayerTree() {}

  /**
   * The layers that are not made of others, by path, in the order of the network. Layers without
   * parameters may share a path; the paths of the others are those of their parameters.
   */
  public static void forEachLeaf(Layer root, BiConsumer<String, Layer> action) {
    visit("", root, action);
  }

  private static void visit(String path, Layer layer, BiConsumer<String, Layer> action) {
    if (layer instanceof Container container) {
      container.children().forEach((name, child) -> visit(join(path, name), child, action));
    } else {
      action.accept(path, layer);
    }
  }

  /**
   * A network with its layers replaced, parts before the containers they are in.
   *
   * @param change from path and layer to what takes its place
   */
  public static Layer rewrite(Layer root, BiFunction<String, Layer, Layer> change) {
    return rewrite("", root, change);
  }

  private static Layer rewrite(String path, Layer layer, BiFunction<String, Layer, Layer> change) {
    Layer result = layer;
    if (layer instanceof Container container) {
      Map<String, Layer> children = new LinkedHashMap<>();
      container
          .children()
          .forEach((name, child) -> children.put(name, rewrite(join(path, name), child, change)));
      result = container.withChildren(children);
    }
    return change.apply(path, result);
  }

  /** The path of a part. */
  public static String join(String path, String name) {
    return path.isEmpty() ? name : name.isEmpty() ? path : path + "." + name;
  }
}
