package org.quadralib.data;

/**
 * Mirrors the image left to right, or leaves it.
 *
 * @param probability how likely the mirror image is, from 0 to 1
 */
public record RandomHorizontalFlip(double probability) implements Transform {

  /**
   * Checks the probability.
   *
   * @throws IllegalArgumentException if it is not from 0 to 1
   */
  public RandomHorizontalFlip {
    if (!(probability >= 0 && probability <= 1)) {
      throw new IllegalArgumentException(
          "The flip probability is " + probability + ": give a number from 0 to 1.");
    }
  }

  /** Mirrors every second image, on average. */
  public RandomHorizontalFlip() {
    this(0.5);
  }

  @Override
  public void apply(ImageBuffer image, ExampleRandom random) {
    if (random.nextDouble() >= probability) {
      return;
    }
    float[] values = image.values();
    int width = image.shape().width();
    int size = image.shape().size();
    for (int row = 0; row < size; row += width) {
      for (int left = row, right = row + width - 1; left < right; left++, right--) {
        float swap = values[left];
        values[left] = values[right];
        values[right] = swap;
      }
    }
  }
}
