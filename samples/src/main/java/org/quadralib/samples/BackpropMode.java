package org.quadralib.samples;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.quadralib.layers.Backprop;
import picocli.CommandLine.TypeConversionException;

/**
 * What {@code --backprop} takes.
 *
 * @param way for all layers; empty for {@code auto}: a way for each, chosen for a budget of memory
 */
public record BackpropMode(Optional<Backprop> way) {
  private static final String AUTO = "auto";

  static BackpropMode parse(String text) {
    if (text.toLowerCase(Locale.ROOT).equals(AUTO)) {
      return new BackpropMode(Optional.empty());
    }
    List<String> names =
        new ArrayList<>(Arrays.stream(Backprop.values()).map(EnumNames::of).toList());
    if (!names.contains(text.toLowerCase(Locale.ROOT))) {
      names.add(AUTO);
      throw new TypeConversionException(
          "choose one of %s, not '%s'".formatted(String.join(", ", names), text));
    }
    return new BackpropMode(Optional.of(EnumNames.parse(Backprop.class, text)));
  }

  /** Whether each layer has a way of its own. */
  public boolean isAuto() {
    return way.isEmpty();
  }

  @Override
  public String toString() {
    return way.map(EnumNames::of).orElse(AUTO);
  }
}
