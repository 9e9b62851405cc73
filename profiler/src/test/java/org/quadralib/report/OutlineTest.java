package org.quadralib.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.quadralib.chart.PngImage;

class OutlineTest {
  private static final PngImage WHITE = PngImage.draw(3, 3, (_, _, _) -> 1);

  private static String red(PngImage picture) {
    StringBuilder text = new StringBuilder();
    for (int y = 0; y < picture.height(); y++) {
      for (int x = 0; x < picture.width(); x++) {
        text.append(picture.at(0, y, x) == 1 ? '.' : '#');
      }
      text.append('\n');
    }
    return text.toString();
  }

  @Test
  void goesAroundTheObjectOnly() {
    boolean[] mask = {false, false, false, false, true, true, false, true, true};
    Outline outline = new Outline(mask, 3, 3, 2);
    assertEquals(
        """
        ......
        ......
        ..####
        ..#..#
        ..#..#
        ..####
        """,
        red(outline.around(WHITE)));
  }

  @Test
  void isOnEveryMap() {
    boolean[] mask = {true, false, false, false};
    PngImage maps = PngImage.draw(5, 2, (_, _, _) -> 1);
    assertEquals("#..#.\n.....\n", red(new Outline(mask, 2, 2, 1).over(maps, 1)));
  }
}
