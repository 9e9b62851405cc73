package org.quadralib.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ImageShapeTest {

  @Test
  void readsWhatItWrites() {
    ImageShape shape = new ImageShape(3, 32, 40);
    assertEquals(shape, ImageShape.parse(shape.toString()));
    assertEquals(shape, ImageShape.parse(" 3X32x40 "));
    assertEquals(3 * 32 * 40, shape.size());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "3x32", "3x32x32x1", "axbxc", "3x-1x4", "0x4x4", "99999x99999x99999", "3,4,5"})
  void refusesOtherText(String text) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> ImageShape.parse(text));
    assertTrue(e.getMessage().contains(": "), e.getMessage());
  }

  @Test
  void refusesSizesThatOverflow() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new ImageShape(Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE));
  }
}
