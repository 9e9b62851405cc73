package org.quadralib.data;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/**
 * Reads examples of a data set, transformed, into memory that the caller gives. The result is a
 * function of seed, epoch and example. Belongs to one thread; allocates nothing per example.
 */
public final class ExampleReader {
  private final Dataset dataset;
  private final List<Transform> transforms;
  private final ImageShape outputShape;
  private final ExampleRandom random;
  private final byte[] pixels;
  private final float[] intensities = new float[256];
  private final ImageBuffer image;

  /**
   * Prepares a reader.
   *
   * @param transforms applied in this order to pixels in 0..1; a transform's random stream belongs
   *     to its place in the list
   * @throws IllegalArgumentException if a transform cannot take such images
   */
  public ExampleReader(Dataset dataset, List<Transform> transforms, long seed) {
    this.dataset = dataset;
    this.transforms = List.copyOf(transforms);
    this.outputShape = outputShape(dataset.shape(), transforms);
    this.random = new ExampleRandom(seed);
    this.pixels = new byte[dataset.shape().size()];
    for (int value = 0; value < intensities.length; value++) {
      intensities[value] = (float) value / dataset.maxValue();
    }
    int capacity = 0;
    ImageShape shape = dataset.shape();
    for (Transform transform : transforms) {
      capacity = Math.max(capacity, shape.size());
      shape = transform.outputShape(shape);
    }
    this.image = new ImageBuffer(dataset.shape(), Math.max(capacity, shape.size()));
  }

  /** The shape that a list of transforms makes of a shape. */
  static ImageShape outputShape(ImageShape input, List<Transform> transforms) {
    ImageShape shape = input;
    for (Transform transform : transforms) {
      shape = transform.outputShape(shape);
    }
    return shape;
  }

  /** The shape of the images it writes. */
  public ImageShape outputShape() {
    return outputShape;
  }

  /**
   * Writes one image.
   *
   * @param epoch the epoch whose random draws to use
   * @param index the example
   * @param images float32 images [N, C, H, W], with any alignment
   * @param slot which of the N to write
   */
  public void read(int epoch, int index, MemorySegment images, int slot) {
    dataset.pixels(index, pixels);
    image.load(pixels, dataset.shape(), intensities);
    for (int t = 0; t < transforms.size(); t++) {
      random.seek(epoch, index, RandomStreams.TRANSFORMS + t);
      transforms.get(t).apply(image, random);
    }
    int size = outputShape.size();
    MemorySegment.copy(
        image.values(),
        0,
        images,
        ValueLayout.JAVA_FLOAT_UNALIGNED,
        (long) slot * size * Float.BYTES,
        size);
  }
}
