package org.quadralib.html;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.quadralib.io.AtomicFile;

/**
 * A page in one file: style inside, pictures as data, no scripts. A policy in its head forbids the
 * browser to fetch or run anything, whatever gets into the text. Light and dark follow the reader's
 * system.
 */
public final class HtmlPage {
  private static final String POLICY =
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

  private final String title;
  private final StringBuilder body = new StringBuilder();

  /** An empty page. */
  public HtmlPage(String title) {
    this.title = title;
    body.append("<h1>").append(escape(title)).append("</h1>\n");
  }

  /** Adds HTML as it is: what is not the program's own must be escaped before. */
  public HtmlPage html(String html) {
    body.append(html).append('\n');
    return this;
  }

  /** Adds a heading. */
  public HtmlPage heading(String text) {
    return html("<h2>" + escape(text) + "</h2>");
  }

  /** Adds a paragraph of text. */
  public HtmlPage paragraph(String text) {
    return html("<p>" + escape(text) + "</p>");
  }

  /** Adds a paragraph of small print. */
  public HtmlPage note(String text) {
    return html("<p class=\"muted\">" + escape(text) + "</p>");
  }

  /** Adds a table, which scrolls sideways where it is too wide. */
  public HtmlPage table(HtmlTable table) {
    return html(table.html());
  }

  /**
   * Text as HTML. Control characters, and those that turn the direction of writing, become U+FFFD:
   * names of folders may hold any.
   */
  public static String escape(String text) {
    StringBuilder escaped = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.appendCodePoint(isHarmless(c) ? c : 0xFFFD);
              }
            });
    return escaped.toString();
  }

  private static boolean isHarmless(int c) {
    boolean turnsWriting = (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
    boolean half = c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
    return !turnsWriting && !half && (!Character.isISOControl(c) || c == '\n' || c == '\t');
  }

  /** The whole page. */
  public String html() {
    return """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="%s">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>%s</title>
    <style>
    %s</style>
    </head>
    <body>
    %s</body>
    </html>
    """
        .formatted(POLICY, escape(title), style(), body);
  }

  /** Writes the page in one step. */
  public void write(Path file) throws IOException {
    byte[] bytes = html().getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, channel -> channel.write(ByteBuffer.wrap(bytes)));
  }

  private static String style() {
    try (InputStream in = requireNonNull(HtmlPage.class.getResourceAsStream("style.css"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
