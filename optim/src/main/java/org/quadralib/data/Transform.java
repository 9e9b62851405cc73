package org.quadralib.data;

/**
 * One step of preparing an image: normalisation or an augmentation.
 *
 * <p>A transform is a value without state: what it draws comes from the example's own random
 * stream, so its result is a function of seed, epoch and example.
 */
public interface Transform {

  /**
   * The shape that this step makes of a shape; most keep it.
   *
   * @throws IllegalArgumentException if it cannot take such images
   */
  default ImageShape outputShape(ImageShape input) {
    return input;
  }

  /** Changes the image, in place or by {@link ImageBuffer#swap}. */
  void apply(ImageBuffer image, ExampleRandom random);
}
