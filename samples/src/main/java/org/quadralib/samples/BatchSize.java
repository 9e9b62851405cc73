package org.quadralib.samples;

import java.util.Locale;
import java.util.OptionalInt;
import picocli.CommandLine.TypeConversionException;

/**
 * What {@code --batch} takes where a budget of memory can decide it.
 *
 * @param images empty for {@code max}: as many as fit the budget
 */
public record BatchSize(OptionalInt images) {
  private static final String MAX = "max";

  static BatchSize parse(String text) {
    if (text.toLowerCase(Locale.ROOT).equals(MAX)) {
      return new BatchSize(OptionalInt.empty());
    }
    try {
      return of(Integer.parseInt(text));
    } catch (NumberFormatException e) {
      throw new TypeConversionException("'%s' is not a whole number, nor 'max'".formatted(text));
    }
  }

  /** A number of images. */
  public static BatchSize of(int images) {
    return new BatchSize(OptionalInt.of(images));
  }

  /** Whether it is as many images as fit. */
  public boolean isMax() {
    return images.isEmpty();
  }

  @Override
  public String toString() {
    return isMax() ? MAX : Integer.toString(images.getAsInt());
  }
}
