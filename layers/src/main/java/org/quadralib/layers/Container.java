package org.quadralib.layers;

import java.util.Map;

/** A layer made of other layers. */
public interface Container extends Layer {
  /**
   * The parts by name, in their order. A name prefixes those of the part's parameters, an empty
   * name does not.
   */
  Map<String, Layer> children();

  /**
   * The same container with other parts.
   *
   * @param children as many as there are, under the same names
   */
  Container withChildren(Map<String, Layer> children);
}
