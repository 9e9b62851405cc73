package org.quadralib.samples;

import java.util.Locale;

/** Times as people read them. */
final class Durations {
  private Durations() {}

  /** Minutes and seconds, with hours if there are any: {@code 0:07}, {@code 1:02:03}. */
  static String clock(double seconds) {
    if (!(seconds >= 0) || seconds > 359_999) {
      return "?";
    }
    long whole = Math.round(seconds);
    return whole < 3600
        ? String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60)
        : String.format(Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
  }
}
