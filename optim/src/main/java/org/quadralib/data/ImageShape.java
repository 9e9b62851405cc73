package org.quadralib.data;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The shape of one image, planes first.
 *
 * @param channels number of planes: 1 for grey, 3 for red, green, blue
 * @param height rows
 * @param width columns
 */
public record ImageShape(int channels, int height, int width) {
  private static final Pattern TEXT = Pattern.compile("(\\d{1,5})x(\\d{1,5})x(\\d{1,5})");

  /** Largest number of values in one image: an 8192 x 8192 image of three channels. */
  static final long MAX_SIZE = 3L * 8192 * 8192;

  /**
   * Checks the three numbers.
   *
   * @throws IllegalArgumentException if one is below 1 or the image has over 3 x 8192 x 8192 values
   */
  public ImageShape {
    if (channels < 1 || height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "The image shape %dx%dx%d is not positive: give channels x height x width, each at least 1."
              .formatted(channels, height, width));
    }
    if ((double) channels * height * width > MAX_SIZE) { // a double cannot overflow here
      throw new IllegalArgumentException(
          "The image shape %dx%dx%d has more than %d values: give a smaller one."
              .formatted(channels, height, width, MAX_SIZE));
    }
  }

  /**
   * Reads the form that {@link #toString()} writes, such as {@code 3x32x32}.
   *
   * @throws IllegalArgumentException if the text has another form
   */
  public static ImageShape parse(String text) {
    Matcher matcher = TEXT.matcher(text.strip().toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "\"%s\" is not an image shape: write channels x height x width, such as 3x32x32."
              .formatted(text));
    }
    return new ImageShape(
        Integer.parseInt(matcher.group(1)),
        Integer.parseInt(matcher.group(2)),
        Integer.parseInt(matcher.group(3)));
  }

  /** Number of values in one image: {@code channels * height * width}. */
  public int size() {
    return channels * height * width;
  }

  @Override
  public String toString() {
    return channels + "x" + height + "x" + width;
  }
}
