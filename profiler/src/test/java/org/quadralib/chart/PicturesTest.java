package org.quadralib.chart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PicturesTest {
  @TempDir Path folder;

  private BufferedImage draw(Axis axis, double... values) throws Exception {
    Chart chart = Chart.lines("t", Axis.count("x"), axis, List.of(Series.counted("s", values)));
    List<Path> files = Pictures.write(chart, folder, "chart");
    assertTrue(Files.readString(files.get(1)).contains("<svg"));
    return ImageIO.read(files.getFirst().toFile());
  }

  /** Row of the middle of the first series' dots in a column of the picture's right part. */
  private static int lowestBlue(BufferedImage image) {
    int blue = Palette.SERIES.getFirst();
    for (int y = image.getHeight() - 1; y >= 0; y--) {
      for (int x = 0; x < image.getWidth(); x++) {
        if ((image.getRGB(x, y) & 0xffffff) == blue) {
          return y;
        }
      }
    }
    throw new AssertionError("the curve is not there");
  }

  @Test
  void curvesAreDrawn() throws Exception {
    BufferedImage image = draw(Axis.of("y"), 1, 5, 2);
    assertEquals(900, image.getWidth());
    assertTrue(lowestBlue(image) > image.getHeight() / 2, "1 is at the bottom");
  }

  /** From 0.1 to 1, a constant 0.3 is about in the middle on a logarithmic axis. */
  @Test
  void logarithmicAxesAreTrue() throws Exception {
    BufferedImage low = draw(Axis.log("y"), 0.11, 0.9);
    BufferedImage middle = draw(Axis.log("y"), 0.3, 0.9);
    int bottom = lowestBlue(low);
    int rise = bottom - lowestBlue(middle);
    // log10(0.3 / 0.11) of the one decade that the plot is high.
    assertEquals(0.436, rise / (double) plotHeight(low), 0.03);
  }

  private static int plotHeight(BufferedImage image) {
    return (int) (image.getHeight() * 0.78); // without title, legend and labels
  }

  @Test
  void gapsAndNothingAreNoErrors() throws Exception {
    draw(Axis.log("y"), Double.NaN, 0, -1);
    draw(Axis.of("y"), Double.NaN, 3, Double.POSITIVE_INFINITY);
  }
}
