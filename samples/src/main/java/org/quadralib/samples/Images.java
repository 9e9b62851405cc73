package org.quadralib.samples;

import org.quadralib.data.ImageShape;
import org.quadralib.tensor.Shape;

/** Shapes of images as the layers take them. */
final class Images {
  private Images() {}

  /** {@code [channels, height, width]}. */
  static Shape exampleOf(ImageShape image) {
    return Shape.of(image.channels(), image.height(), image.width());
  }
}
