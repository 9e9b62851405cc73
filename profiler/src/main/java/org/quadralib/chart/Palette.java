package org.quadralib.chart;

import java.util.List;

/** Colours that people who see colours differently tell apart too (Okabe & Ito 2008). */
public final class Palette {
  /** Red, green and blue of one series after another. */
  public static final List<Integer> SERIES =
      List.of(0x0072B2, 0xE69F00, 0x009E73, 0xCC79A7, 0xD55E00, 0x56B4E9);

  private Palette() {}
}
