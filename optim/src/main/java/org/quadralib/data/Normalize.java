package org.quadralib.data;

import java.util.ArrayList;
import java.util.List;

/**
 * Makes each channel have mean 0 and standard deviation 1 over the training examples: {@code (x -
 * mean) / std}, with pixels in 0..1.
 *
 * @param mean one number per channel
 * @param std one number above 0 per channel
 */
public record Normalize(List<Float> mean, List<Float> std) implements Transform {

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if there are not as many means as deviations, or one is not a
   *     finite number, or a deviation is not above 0
   */
  public Normalize {
    mean = List.copyOf(mean);
    std = List.copyOf(std);
    boolean valid =
        !mean.isEmpty()
            && mean.size() == std.size()
            && mean.stream().allMatch(m -> Float.isFinite(m))
            && std.stream().allMatch(s -> Float.isFinite(s) && s > 0);
    if (!valid) {
      throw new IllegalArgumentException(
          "Cannot normalise by the means %s and deviations %s: give one finite mean and one deviation above 0 per channel."
              .formatted(mean, std));
    }
  }

  /** The numbers in general use for CIFAR-10. */
  public static Normalize cifar10() {
    return new Normalize(List.of(.4914f, .4822f, .4465f), List.of(.2023f, .1994f, .2010f));
  }

  /**
   * Measures a data set, exactly: sums are kept as whole numbers. Give it the training part only. A
   * channel that never changes gets the deviation 1.
   *
   * @throws DataException if the data set is empty
   */
  public static Normalize of(Dataset train) {
    if (train.size() == 0) {
      throw new DataException(
          "%s has no examples to measure: give the training part.".formatted(train.name()));
    }
    ImageShape shape = train.shape();
    int plane = shape.height() * shape.width();
    byte[] pixels = new byte[shape.size()];
    long[] sum = new long[shape.channels()];
    long[] sumOfSquares = new long[shape.channels()];
    for (int i = 0; i < train.size(); i++) {
      train.pixels(i, pixels);
      for (int c = 0; c < shape.channels(); c++) {
        for (int p = c * plane; p < (c + 1) * plane; p++) {
          int value = pixels[p] & 0xff;
          sum[c] += value;
          sumOfSquares[c] += (long) value * value;
        }
      }
    }
    double count = (double) train.size() * plane;
    List<Float> mean = new ArrayList<>();
    List<Float> std = new ArrayList<>();
    for (int c = 0; c < shape.channels(); c++) {
      double m = sum[c] / count;
      double variance = sumOfSquares[c] / count - m * m;
      mean.add((float) (m / train.maxValue()));
      std.add(variance > 0 ? (float) (Math.sqrt(variance) / train.maxValue()) : 1f);
    }
    return new Normalize(mean, std);
  }

  @Override
  public ImageShape outputShape(ImageShape input) {
    if (input.channels() != mean.size()) {
      throw new IllegalArgumentException(
          "Normalisation has numbers for %d channels, but the images are %s: give one per channel."
              .formatted(mean.size(), input));
    }
    return input;
  }

  @Override
  public void apply(ImageBuffer image, ExampleRandom random) {
    float[] values = image.values();
    int plane = image.shape().height() * image.shape().width();
    for (int c = 0; c < mean.size(); c++) {
      float shift = mean.get(c);
      float scale = 1 / std.get(c);
      for (int i = c * plane; i < (c + 1) * plane; i++) {
        values[i] = (values[i] - shift) * scale;
      }
    }
  }
}
