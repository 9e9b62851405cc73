package org.quadralib.data;

import java.util.Arrays;

/**
 * Pads the image with zeros on all four sides and cuts the first size out of it again, at a random
 * place: the image moves by up to {@code padding} pixels.
 *
 * <p>Zero is black before {@link Normalize} and the mean colour after it. The usual CIFAR recipe
 * crops first.
 *
 * @param padding pixels on each side, at least 0
 */
public record RandomCrop(int padding) implements Transform {

  /**
   * Checks the padding.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public RandomCrop {
    if (padding < 0) {
      throw new IllegalArgumentException("The padding is " + padding + ": give at least 0.");
    }
  }

  @Override
  public ImageShape outputShape(ImageShape input) {
    if (padding >= Math.min(input.height(), input.width())) {
      throw new IllegalArgumentException(
          "A crop with padding %d can leave nothing of an image of %dx%d: take less."
              .formatted(padding, input.height(), input.width()));
    }
    return input;
  }

  @Override
  public void apply(ImageBuffer image, ExampleRandom random) {
    int down = random.nextInt(2 * padding + 1) - padding;
    int right = random.nextInt(2 * padding + 1) - padding;
    if (down == 0 && right == 0) {
      return;
    }
    ImageShape shape = image.shape();
    int height = shape.height();
    int width = shape.width();
    float[] from = image.values();
    float[] to = image.spare();
    Arrays.fill(to, 0, shape.size(), 0f);
    // The rows and columns of the result that show the image: result (y, x) = image (y+down,
    // x+right).
    int firstRow = Math.max(0, -down);
    int lastRow = Math.min(height, height - down);
    int firstColumn = Math.max(0, -right);
    int columns = Math.min(width, width - right) - firstColumn;
    if (columns > 0) {
      for (int c = 0; c < shape.channels(); c++) {
        for (int y = firstRow; y < lastRow; y++) {
          int source = (c * height + y + down) * width + firstColumn + right;
          System.arraycopy(from, source, to, (c * height + y) * width + firstColumn, columns);
        }
      }
    }
    image.swap(shape);
  }
}
