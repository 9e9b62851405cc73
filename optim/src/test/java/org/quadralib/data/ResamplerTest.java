package org.quadralib.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ResamplerTest {

  private static byte[] fit(int height, int width, ImageShape wanted, int... values) {
    byte[] pixels = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      pixels[i] = (byte) values[i];
    }
    ImageShape from = new ImageShape(values.length / height / width, height, width);
    return Resampler.fit(new ImageDecoder.Planes(from, pixels), wanted).pixels();
  }

  @Test
  void anImageOfTheWantedShapeIsLeftAlone() {
    ImageDecoder.Planes image =
        new ImageDecoder.Planes(new ImageShape(1, 2, 2), new byte[] {1, 2, 3, 4});
    assertSame(image, Resampler.fit(image, new ImageShape(1, 2, 2)));
  }

  @Test
  void whatHangsOverIsCutOffEvenly() {
    // No scaling: the rows fit, two of six columns go on each side.
    assertArrayEquals(
        new byte[] {3, 4, 9, 10},
        fit(2, 6, new ImageShape(1, 2, 2), 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12));
  }

  @Test
  void shrinkingAveragesTheWholeImage() {
    // Stripes one pixel wide would become all black or all white if pixels were skipped.
    int[] stripes = new int[64];
    for (int i = 0; i < 64; i++) {
      stripes[i] = i % 2 * 200;
    }
    for (byte pixel : fit(8, 8, new ImageShape(1, 2, 2), stripes)) {
      assertEquals(100, pixel & 0xff, 8);
    }
  }

  @Test
  void enlargingInterpolatesBetweenPixelCentres() {
    // Half a pixel beyond each centre there is nothing left to interpolate with.
    assertArrayEquals(
        new byte[] {0, 25, 75, 100, 0, 25, 75, 100, 0, 25, 75, 100, 0, 25, 75, 100},
        fit(2, 2, new ImageShape(1, 4, 4), 0, 100, 0, 100));
  }

  @Test
  void anEvenColourStaysItself() {
    int[] even = new int[3 * 13 * 11];
    Arrays.fill(even, 255);
    for (int size : new int[] {1, 2, 5, 11, 12, 31}) {
      for (byte pixel : fit(13, 11, new ImageShape(3, size, size), even)) {
        assertEquals(255, pixel & 0xff);
      }
    }
  }

  @Test
  void channelsAreConverted() {
    assertArrayEquals(new byte[] {7, 7, 7}, fit(1, 1, new ImageShape(3, 1, 1), 7));
    // 0.299 * 200 + 0.587 * 100 + 0.114 * 50 = 124.2
    assertArrayEquals(new byte[] {124}, fit(1, 1, new ImageShape(1, 1, 1), 200, 100, 50));
    assertThrows(IllegalArgumentException.class, () -> fit(1, 1, new ImageShape(2, 1, 1), 1, 2, 3));
  }
}
