package org.quadralib.data;

/**
 * One image on its way through the transforms: float32 [C, H, W], and a second array of the same
 * size for steps that cannot work in place. Reused for every image; belongs to one thread.
 */
public final class ImageBuffer {
  private float[] values;
  private float[] spare;
  private ImageShape shape;

  /** A buffer for images of up to {@code capacity} values, at first of the given shape. */
  ImageBuffer(ImageShape shape, int capacity) {
    this.shape = shape;
    this.values = new float[capacity];
    this.spare = new float[capacity];
  }

  /** The shape of the image now. */
  public ImageShape shape() {
    return shape;
  }

  /** The image, [C, H, W] from the start of the array; the array may be longer. */
  public float[] values() {
    return values;
  }

  /** An array to write another image to; its content is arbitrary. */
  public float[] spare() {
    return spare;
  }

  /** Makes what was written to {@link #spare()} the image. */
  public void swap(ImageShape newShape) {
    float[] written = spare;
    spare = values;
    values = written;
    shape = newShape;
  }

  /** Starts over with the pixels of an example, divided by {@code maxValue}. */
  void load(byte[] pixels, ImageShape newShape, float[] intensities) {
    shape = newShape;
    int size = newShape.size();
    for (int i = 0; i < size; i++) {
      values[i] = intensities[pixels[i] & 0xff];
    }
  }
}
