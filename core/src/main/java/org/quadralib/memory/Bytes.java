package org.quadralib.memory;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as people read them. */
public final class Bytes {
  private static final Pattern SIZE =
      Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*(?:([KMGT]I?)?B)?", Pattern.CASE_INSENSITIVE);
  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

  private Bytes() {}

  /** A size in the largest binary unit that leaves at least 1, for example {@code 12.5 MiB}. */
  public static String format(long bytes) {
    double value = bytes;
    int unit = 0;
    while (Math.abs(value) >= 1024 && unit < UNITS.length - 1) {
      value /= 1024;
      unit++;
    }
    return unit == 0 ? bytes + " B" : String.format(Locale.ROOT, "%.1f %s", value, UNITS[unit]);
  }

  /** A size as {@link #format} has it and to the byte, for two that may look alike. */
  public static String exact(long bytes) {
    return bytes < 1024 ? bytes + " bytes" : "%s (%d bytes)".formatted(format(bytes), bytes);
  }

  /**
   * Reads a size: {@code 256MiB}, {@code 1.5GiB} in powers of 1024, {@code 500MB} in powers of
   * 1000, or a number of bytes.
   *
   * @throws IllegalArgumentException if it is none, or not positive, saying what a size looks like
   */
  public static long parse(String text) {
    Matcher matcher = SIZE.matcher(text.strip());
    if (matcher.matches()) {
      String unit = matcher.group(2) == null ? "" : matcher.group(2).toUpperCase(Locale.ROOT);
      int power = unit.isEmpty() ? 0 : 1 + "KMGT".indexOf(unit.charAt(0));
      double base = unit.contains("I") ? 1024 : 1000;
      double bytes = Double.parseDouble(matcher.group(1)) * Math.pow(base, power);
      if (bytes >= 1 && bytes < Long.MAX_VALUE) {
        return Math.round(bytes);
      }
    }
    throw new IllegalArgumentException(
        "'%s' is not a size; write 256MiB, 1GiB, 500MB or a number of bytes".formatted(text));
  }
}
