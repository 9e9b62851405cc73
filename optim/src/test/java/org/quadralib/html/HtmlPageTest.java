package org.quadralib.html;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class HtmlPageTest {
  private static final String HOSTILE = "<script>alert('x')</script> & \"y\"";

  @Test
  void textStaysText() {
    assertEquals(
        "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;y&quot;",
        HtmlPage.escape(HOSTILE));
    assertEquals("a\uFFFDb\uFFFDc\uFFFD", HtmlPage.escape("a\u202Eb\u0000c\uD800"));
    assertEquals("é 学 🙂", HtmlPage.escape("é 学 🙂"));
  }

  @Test
  void nothingThatIsAddedAsTextBecomesMarkup() {
    String page =
        new HtmlPage(HOSTILE)
            .heading(HOSTILE)
            .paragraph(HOSTILE)
            .note(HOSTILE)
            .table(new HtmlTable().text(HOSTILE).number("n").row(HOSTILE, 3))
            .html(new HtmlBars().bar(HOSTILE, 0.5, HOSTILE).html())
            .html();
    assertFalse(page.contains("<script"), page);
    assertTrue(page.contains("default-src 'none'"), page);
    assertTrue(page.contains("prefers-color-scheme: dark"), page);
    assertTrue(page.contains("width:50.0%"), page);
  }

  @Test
  void aRowHasACellForEachColumn() {
    HtmlTable table = new HtmlTable().text("a").text("b");
    assertThrows(IllegalArgumentException.class, () -> table.row("only one"));
  }
}
