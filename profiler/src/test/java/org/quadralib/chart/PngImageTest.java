package org.quadralib.chart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class PngImageTest {
  @Test
  void anotherReaderSeesThePixels() throws Exception {
    PngImage image =
        PngImage.draw(5, 3, (channel, row, column) -> (channel + 1) * (row + column) / 18.0);
    BufferedImage read = ImageIO.read(new ByteArrayInputStream(image.png()));
    assertEquals(5, read.getWidth());
    assertEquals(3, read.getHeight());
    for (int row = 0; row < 3; row++) {
      for (int column = 0; column < 5; column++) {
        for (int channel = 0; channel < 3; channel++) {
          assertEquals(
              Math.round(255 * (channel + 1) * (row + column) / 18.0),
              (read.getRGB(column, row) >> (16 - 8 * channel)) & 0xff);
        }
      }
    }
  }

  @Test
  void intensitiesAreCutOff() {
    PngImage image = PngImage.draw(1, 1, (channel, row, column) -> channel * 2 - 2);
    assertEquals(0, image.rgb()[0]);
    assertEquals(0, image.rgb()[1]);
    assertEquals((byte) 255, image.rgb()[2]);
  }

  @Test
  void bytesMustFit() {
    assertThrows(IllegalArgumentException.class, () -> new PngImage(2, 2, new byte[11]));
  }
}
