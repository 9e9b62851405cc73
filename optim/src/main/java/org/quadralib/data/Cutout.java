package org.quadralib.data;

import java.util.Arrays;

/**
 * Sets a square to zero in every channel. Its centre is a random pixel, so it may reach over the
 * edge. Put it after {@link Normalize}, where zero is the mean colour.
 *
 * <p>DeVries and Taylor, "Improved regularization of convolutional neural networks with Cutout",
 * arXiv 1708.04552.
 *
 * @param size side of the square in pixels, at least 1; 16 is usual for CIFAR-10, 8 for CIFAR-100
 */
public record Cutout(int size) implements Transform {

  /**
   * Checks the size.
   *
   * @throws IllegalArgumentException if it is below 1
   */
  public Cutout {
    if (size < 1) {
      throw new IllegalArgumentException("The Cutout size is " + size + ": give at least 1.");
    }
  }

  @Override
  public void apply(ImageBuffer image, ExampleRandom random) {
    ImageShape shape = image.shape();
    int height = shape.height();
    int width = shape.width();
    int top = random.nextInt(height) - size / 2;
    int left = random.nextInt(width) - size / 2;
    // As longs: the size may be anything up to the largest int.
    int bottom = (int) Math.min(height, (long) top + size);
    int right = (int) Math.min(width, (long) left + size);
    top = Math.max(0, top);
    left = Math.max(0, left);
    float[] values = image.values();
    for (int c = 0; c < shape.channels(); c++) {
      for (int y = top; y < bottom; y++) {
        int row = (c * height + y) * width;
        Arrays.fill(values, row + left, row + right, 0f);
      }
    }
  }
}
