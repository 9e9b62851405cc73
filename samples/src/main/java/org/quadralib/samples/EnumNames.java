package org.quadralib.samples;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.TypeConversionException;

/** Enum constants as users write them: {@code one-cycle} for {@code ONE_CYCLE}. */
final class EnumNames {
  private EnumNames() {}

  /** The name of a constant. */
  static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The constant of a name.
   *
   * @throws TypeConversionException if there is none, with all names
   */
  static <E extends Enum<E>> E parse(Class<E> type, String text) {
    String name = text.toLowerCase(Locale.ROOT);
    E[] constants = type.getEnumConstants();
    return Arrays.stream(constants)
        .filter(constant -> of(constant).equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new TypeConversionException(
                    "choose one of %s, not '%s'"
                        .formatted(
                            Arrays.stream(constants)
                                .map(EnumNames::of)
                                .collect(Collectors.joining(", ")),
                            text)));
  }
}
