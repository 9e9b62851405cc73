package org.quadralib.html;

import java.util.ArrayList;
import java.util.List;

/** A table of text and numbers; everything in it is escaped. */
public final class HtmlTable {
  private final List<String> classes = new ArrayList<>();
  private final StringBuilder head = new StringBuilder();
  private final StringBuilder rows = new StringBuilder();
  private String attributes = "";

  /** A table of names and what they stand for, which is broken into lines where it is long. */
  public static HtmlTable facts() {
    HtmlTable table = new HtmlTable().text("").text("");
    table.attributes = " class=\"facts\"";
    return table;
  }

  /** Sets it in small type, with headings of several lines: for many columns. */
  public HtmlTable dense() {
    attributes = " class=\"dense\"";
    return this;
  }

  /** Adds a column of text, which stands to the left. */
  public HtmlTable text(String name) {
    return column(name, " class=\"text\"");
  }

  /** Adds a column of numbers, which stand to the right. */
  public HtmlTable number(String name) {
    return column(name, "");
  }

  private HtmlTable column(String name, String kind) {
    classes.add(kind);
    head.append("<th").append(kind).append('>').append(HtmlPage.escape(name)).append("</th>");
    return this;
  }

  /**
   * Adds a row.
   *
   * @throws IllegalArgumentException if it has not one cell for each column
   */
  public HtmlTable row(Object... cells) {
    if (cells.length != classes.size()) {
      throw new IllegalArgumentException(
          cells.length + " cells for " + classes.size() + " columns");
    }
    rows.append("<tr>");
    for (int i = 0; i < cells.length; i++) {
      String text = HtmlPage.escape(String.valueOf(cells[i]));
      rows.append("<td").append(classes.get(i)).append('>').append(text).append("</td>");
    }
    rows.append("</tr>\n");
    return this;
  }

  /** The table in a frame that scrolls sideways. */
  public String html() {
    return "<div class=\"wide\"><table%s>\n<thead><tr>%s</tr></thead>\n<tbody>\n%s</tbody></table></div>"
        .formatted(attributes, head, rows);
  }
}
