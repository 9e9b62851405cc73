package org.quadralib.html;

import java.util.Locale;

/** Bars with a name before and numbers behind; everything in them is escaped. */
public final class HtmlBars {
  private final StringBuilder rows = new StringBuilder();

  /**
   * Adds a bar.
   *
   * @param share its length, from 0 to 1 of the longest there can be
   */
  public HtmlBars bar(String name, double share, String text) {
    double percent = Double.isNaN(share) ? 0 : 100 * Math.clamp(share, 0, 1);
    rows.append(
        String.format(
            Locale.ROOT,
            "<span>%s</span><i style=\"width:%.1f%%\"></i><span>%s</span>%n",
            HtmlPage.escape(name),
            percent,
            HtmlPage.escape(text)));
    return this;
  }

  /** The bars below each other. */
  public String html() {
    return "<div class=\"bars\">\n" + rows + "</div>";
  }
}
