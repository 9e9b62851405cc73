package org.quadralib.chart;

import java.util.Locale;
import org.quadralib.memory.Bytes;

/**
 * One direction of a chart.
 *
 * @param label what it measures, with its unit
 * @param format how its numbers are written
 * @param logarithmic whether equal steps are equal ratios; values of 0 and below are left out then
 */
public record Axis(String label, Format format, boolean logarithmic) {
  /** How numbers are written. */
  public enum Format {
    /** As plain numbers. */
    NUMBER,
    /** As whole numbers, with no ticks between them. */
    COUNT,
    /** Shares from 0 to 1 as percent. */
    PERCENT,
    /** Bytes in binary units. */
    BYTES
  }

  /** A linear axis of plain numbers. */
  public static Axis of(String label) {
    return new Axis(label, Format.NUMBER, false);
  }

  /** A linear axis of whole numbers. */
  public static Axis count(String label) {
    return new Axis(label, Format.COUNT, false);
  }

  /** A linear axis of shares from 0 to 1. */
  public static Axis percent(String label) {
    return new Axis(label, Format.PERCENT, false);
  }

  /** A linear axis of bytes. */
  public static Axis bytes(String label) {
    return new Axis(label, Format.BYTES, false);
  }

  /** A logarithmic axis of plain numbers. */
  public static Axis log(String label) {
    return new Axis(label, Format.NUMBER, true);
  }

  /** A value in few characters. */
  public String text(double value) {
    return switch (format) {
      case PERCENT -> number(100 * value) + "%";
      case BYTES -> value == 0 ? "0" : Bytes.format(Math.round(value)).replace(".0 ", " ");
      case NUMBER, COUNT -> number(value);
    };
  }

  private static String number(double value) {
    double size = Math.abs(value);
    if (value == 0) {
      return "0";
    }
    if (size >= 1e5 || size < 1e-3) {
      return String.format(Locale.ROOT, "%.1e", value)
          .replace(".0e", "e")
          .replaceFirst("e([+-])0", "e$1")
          .replace("e+", "e");
    }
    int digits = size >= 100 ? 1 : size >= 1 ? 2 : size >= 0.1 ? 3 : 4;
    String text = String.format(Locale.ROOT, "%." + digits + "f", value);
    return text.replaceFirst("0+$", "").replaceFirst("\\.$", "");
  }
}
